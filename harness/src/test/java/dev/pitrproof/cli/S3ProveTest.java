package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.ArchiveFingerprint;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.s3.S3Location;
import dev.pitrproof.s3.S3Store;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Backups that pg_basebackup made, proved with the WAL of a bucket. */
@SuppressWarnings("NullAway.Init") // set before all tests
class S3ProveTest {

    private static StockBackups stock;

    @RegisterExtension
    static final StoreAtHand STORE = new StoreAtHand();

    private static final Pattern OBJECT = Pattern.compile("GET /counted/([0-9A-F]{24}) ");

    @TempDir
    Path scratch;

    @BeforeAll
    static void makeThem() throws IOException {
        stock = StockBackups.make();
    }

    @AfterAll
    static void removeThem() throws IOException {
        stock.close();
    }

    private Outcome prove(String archive, String target) {
        return STORE.run(
                "prove",
                "--sandbox=process",
                "--output=" + scratch.resolve("out"),
                "--backup=" + stock.plain(),
                "--archive=" + archive,
                target,
                "--no-structure");
    }

    @Test
    void provesWithABucketAndChecksItAgain() throws Exception {
        StockBackups.copy(stock.archive(), STORE.root().resolve("sound"));
        Map<String, String> before = STORE.contents();

        Outcome outcome = prove("s3://sound", "--target-time=" + stock.good());
        Outcome again = STORE.run("recheck", scratch.resolve("out").toString(), "--archive=s3://sound");
        Outcome planned =
                STORE.run("plan", "--backup=" + stock.plain(), "--archive=s3://sound", "--target-time=" + stock.good());

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out()).contains("PROVEN  TARGET_EXACT").contains("✓ archive-unchanged");
        assertThat(again.code()).as(again.out() + again.err()).isZero();
        assertThat(again.out()).contains("as recorded");
        assertThat(planned.code()).as(planned.out() + planned.err()).isZero();
        assertThat(STORE.contents()).isEqualTo(before);
        try (Stream<Path> written = Files.walk(scratch.resolve("out"))) {
            for (Path file : written.filter(Files::isRegularFile).toList()) {
                String text = new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
                assertThat(text.contains(":" + STORE.wire().endpoint().getPort()) || text.contains("no worth"))
                        .as(file.toString())
                        .isFalse();
            }
        }
    }

    /** How often each segment but the first was downloaded since so many requests. */
    private static Map<String, Integer> downloadsSince(int asked, Path bucket) throws IOException {
        List<String> requests = STORE.wire().requests();
        Map<String, Integer> downloads = new TreeMap<>();
        for (String request : requests.subList(asked, requests.size())) {
            Matcher object = OBJECT.matcher(request);
            if (object.lookingAt()) {
                downloads.merge(object.group(1), 1, Integer::sum);
            }
        }
        String first;
        try (Stream<Path> files = Files.list(bucket)) {
            first = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(SegmentName::isSegment)
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        // the header of the first one tells whose archive it is, once for the version and once for the work
        assertThat(downloads.remove(first)).isNotNull().isLessThanOrEqualTo(3);
        return downloads;
    }

    private static void assertDownloadedOnce(int asked, Path bucket) throws IOException {
        Map<String, Integer> downloads = downloadsSince(asked, bucket);
        assertThat(downloads).hasSizeGreaterThan(1);
        assertThat(downloads.values()).containsOnly(1);
    }

    /** Planned with, fingerprinted, recovered with and fingerprinted again. */
    @Test
    void whatRecoveryNeedsIsDownloadedOnce() throws Exception {
        Path bucket = counted();
        int asked = STORE.wire().requests().size();

        Outcome outcome = prove("s3://counted", "--target-time=" + stock.good());

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertDownloadedOnce(asked, bucket);

        // evidence of two drills, each of which needs the same WAL
        StockBackups.copy(scratch.resolve("out/prove-plain"), scratch.resolve("out/again"));
        int askedBefore = STORE.wire().requests().size();

        Outcome rechecked = STORE.run("recheck", scratch.resolve("out").toString(), "--archive=s3://counted");

        assertThat(rechecked.code()).as(rechecked.out() + rechecked.err()).isZero();
        assertThat(rechecked.out().lines()).hasSize(2);
        assertDownloadedOnce(askedBefore, bucket);
        assertNothingIsLeft();
    }

    /** Each backup has a way of its own to the target, and most of it is the same. */
    @Test
    void whatAPlanReadsForTwoBackupsIsDownloadedOnce() throws Exception {
        Path bucket = counted();
        int asked = STORE.wire().requests().size();

        Outcome outcome = STORE.run(
                "plan",
                "--backup=" + stock.plain(),
                "--backup=" + stock.fromStandby(),
                "--archive=s3://counted",
                "--target-latest");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertDownloadedOnce(asked, bucket);
        assertNothingIsLeft();
    }

    @Test
    void whatASearchRestoresWithIsDownloadedOnce() throws Exception {
        Path bucket = counted();
        int asked = STORE.wire().requests().size();

        Outcome outcome = STORE.run(
                "find",
                "--sandbox=process",
                "--backup=" + stock.plain(),
                "--archive=s3://counted",
                "--where=EXISTS (SELECT FROM orders)");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out()).contains("xid " + stock.dropXid());
        assertDownloadedOnce(asked, bucket);
        assertNothingIsLeft();
    }

    @Test
    void aPlanThatHasNoRoomForTheWalSaysWhereItNeedsSome() throws Exception {
        Path bucket = counted();
        assertThat(bucket).isNotEmptyDirectory();
        Path disk = Files.createDirectory(scratch.resolve("disk"));
        try (SmallDisk small = SmallDisk.mount(disk, "size=1m")) {
            Path said = scratch.resolve("said");
            ProcessBuilder command = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "dev.pitrproof.cli.Main",
                            "plan",
                            "--backup=" + stock.plain(),
                            "--archive=s3://counted",
                            "--s3-endpoint=" + STORE.wire().endpoint(),
                            "--target-latest")
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile());
            command.environment().put("PITRPROOF_TMPDIR", small.path().toString());
            command.environment().put("AWS_ACCESS_KEY_ID", System.getProperty("aws.accessKeyId"));
            command.environment().put("AWS_SECRET_ACCESS_KEY", System.getProperty("aws.secretAccessKey"));

            assertThat(command.start().waitFor()).isEqualTo(3);

            assertThat(Files.readAllLines(said))
                    .anyMatch(line -> line.startsWith("error: ") && line.endsWith("No space left on device"))
                    .anyMatch(line -> line.matches("HINT: free space .* PITRPROOF_TMPDIR"));
            assertThat(small.path()).isEmptyDirectory();
        }
    }

    private static Path counted() throws IOException {
        Path bucket = STORE.root().resolve("counted");
        return Files.exists(bucket) ? bucket : StockBackups.copy(stock.archive(), bucket);
    }

    private static void assertNothingIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(left.map(path -> String.valueOf(path.getFileName())))
                    .noneMatch(name -> name.startsWith(WalDirectory.PREFIX));
        }
    }

    @Test
    void aLostObjectIsAGap() throws Exception {
        Path bucket = StockBackups.copy(stock.archive(), STORE.root().resolve("lossy"));
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
        Path bucket = StockBackups.copy(stock.archive(), STORE.root().resolve("changing"));
        S3Store store =
                S3Store.at(S3Location.parse("s3://changing"), STORE.server().endpoint());
        try (WalArchive archive = WalArchive.open(store)) {
            List<SegmentName> range = archive.segments();
            ArchiveFingerprint before = ArchiveFingerprint.of(store, range);
            assertThat(before.changedTo(before.again(store, range))).isEmpty();

            String name = range.get(1).fileName();
            byte[] content = Files.readAllBytes(bucket.resolve(name));
            content[100_000] ^= 1;
            STORE.server().put("changing", name, content);
            assertThat(before.changedTo(before.again(store, range)))
                    .hasValueSatisfying(change -> assertThat(change).startsWith(name + " was "));

            Files.delete(bucket.resolve(name));
            assertThat(before.changedTo(before.again(store, range))).contains(name + " is gone");
        }
    }
}
