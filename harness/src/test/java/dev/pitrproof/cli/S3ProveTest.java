package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.ArchiveFingerprint;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.s3.S3Location;
import dev.pitrproof.s3.S3Server;
import dev.pitrproof.s3.S3Store;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups that pg_basebackup made, proved with the WAL of a bucket. */
@SuppressWarnings("NullAway.Init") // set before all tests
class S3ProveTest {

    private static StockBackups stock;
    private static S3Server server;

    @TempDir
    static Path root;

    @TempDir
    Path scratch;

    private record Outcome(int code, String out, String err) {}

    @BeforeAll
    static void makeThem() throws IOException {
        stock = StockBackups.make();
        server = S3Server.over(root);
    }

    @AfterAll
    static void removeThem() throws IOException {
        server.close();
        stock.close();
    }

    private Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--s3-endpoint=" + server.endpoint());
        int code = Main.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(all.toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    private Outcome prove(String archive, String target) {
        return run(
                "prove",
                "--sandbox=process",
                "--output=" + scratch.resolve("out"),
                "--backup=" + stock.plain(),
                "--archive=" + archive,
                target,
                "--no-structure");
    }

    private static Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                contents.put(file.toString(), Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return contents;
    }

    @Test
    void provesWithABucketAndChecksItAgain() throws Exception {
        StockBackups.copy(stock.archive(), root.resolve("sound"));
        Map<String, String> before = contents();

        Outcome outcome = prove("s3://sound", "--target-time=" + stock.good());
        Outcome again = run("recheck", scratch.resolve("out").toString(), "--archive=s3://sound");
        Outcome planned =
                run("plan", "--backup=" + stock.plain(), "--archive=s3://sound", "--target-time=" + stock.good());

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out()).contains("PROVEN  TARGET_EXACT").contains("✓ archive-unchanged");
        assertThat(again.code()).as(again.out() + again.err()).isZero();
        assertThat(again.out()).contains("as recorded");
        assertThat(planned.code()).as(planned.out() + planned.err()).isZero();
        assertThat(contents()).isEqualTo(before);
        try (Stream<Path> written = Files.walk(scratch.resolve("out"))) {
            for (Path file : written.filter(Files::isRegularFile).toList()) {
                String text = new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
                assertThat(text.contains(":" + server.endpoint().getPort()) || text.contains("no worth"))
                        .as(file.toString())
                        .isFalse();
            }
        }
    }

    @Test
    void aLostObjectIsAGap() throws Exception {
        Path bucket = StockBackups.copy(stock.archive(), root.resolve("lossy"));
        List<Path> segments;
        try (Stream<Path> files = Files.list(bucket)) {
            segments = files.filter(file -> SegmentName.isSegment(String.valueOf(file.getFileName())))
                    .sorted()
                    .toList();
        }
        Path lost = segments.get(segments.size() - 2);
        Files.delete(lost);

        Outcome outcome = prove("s3://lossy", "--target-latest");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("REFUTED NOT AS EXPECTED  WAL_GAP")
                .contains(lost.getFileName() + " is not in the archive");
    }

    @Test
    void aChangeInTheBucketIsSeen() throws Exception {
        Path bucket = StockBackups.copy(stock.archive(), root.resolve("changing"));
        S3Store store = S3Store.at(S3Location.parse("s3://changing"), server.endpoint());
        try (WalArchive archive = WalArchive.open(store)) {
            List<SegmentName> range = archive.segments();
            ArchiveFingerprint before = ArchiveFingerprint.of(store, range);
            assertThat(before.changedTo(before.again(store, range))).isEmpty();

            String name = range.get(1).fileName();
            byte[] content = Files.readAllBytes(bucket.resolve(name));
            content[100_000] ^= 1;
            server.put("changing", name, content);
            assertThat(before.changedTo(before.again(store, range)))
                    .hasValueSatisfying(change -> assertThat(change).startsWith(name + " was "));

            Files.delete(bucket.resolve(name));
            assertThat(before.changedTo(before.again(store, range))).contains(name + " is gone");
        }
    }
}
