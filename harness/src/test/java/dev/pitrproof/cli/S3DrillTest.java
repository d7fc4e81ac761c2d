package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.LocalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Drills whose archive moves to a bucket when their story is over. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class S3DrillTest {

    private static final String SCENARIO = """
            scenario: in-a-bucket
            about: A table is dropped, and later on a segment is lost.
            postgres: 14-18
            clock: { from: "00:00", to: "00:12", lasts: 1s }
            source:
              setup: CREATE TABLE notes (note text)
              archive: command
            story:
              - at: "00:00"
                base-backup: { label: first, checkpoint: fast }
              - at: "00:02"
                sql: INSERT INTO notes VALUES ('kept')
              - at: "00:05"
                accident: { sql: DROP TABLE notes }
              - at: "00:07"
                sql: CREATE TABLE others ()
              - at: "00:07"
                switch-wal: true
              - at: "00:08"
                archive: { lose: current }
              - at: "00:08"
                sql: CREATE TABLE lost ()
              - at: "00:09"
                switch-wal: true
            restore:
              - from: first
                to: { time: "00:04" }
                prove:
                  - table-exists: notes
              - about: the twin
                from: first
                to: { time: "00:06" }
                expect: REFUTED DATA_DIFFERS
                prove:
                  - table-exists: notes
              - about: behind the lost segment
                from: first
                to: { time: "00:11" }
                expect: REFUTED WAL_GAP
                prove:
                  - table-absent: notes
            """;

    @RegisterExtension
    static final StoreAtHand STORE = new StoreAtHand();

    @TempDir
    Path directory;

    private Path bucket;

    @BeforeEach
    void write() throws IOException {
        bucket = Files.createTempDirectory(STORE.root(), "drills");
        Files.writeString(directory.resolve("story.yaml"), SCENARIO);
    }

    private Outcome run(String... further) {
        List<String> arguments = new ArrayList<>(List.of(
                "run",
                "--sandbox=process",
                "--postgres=17",
                "--output=" + directory.resolve("out"),
                directory.resolve("story.yaml").toString()));
        arguments.addAll(List.of(further));
        return STORE.run(arguments.toArray(String[]::new));
    }

    private List<String> objects() throws IOException {
        try (Stream<Path> all = Files.walk(bucket)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> bucket.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void allRestoresReadFromTheBucketWhichIsEmptyAfterwards() throws Exception {
        int asked = STORE.wire().requests().size();

        Outcome outcome = run("--archive=s3://" + bucket.getFileName() + "/below");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out()).contains("3 of 3 drills ended as expected");
        List<String> requests = STORE.wire().requests();
        assertThat(requests.subList(asked, requests.size()))
                .anyMatch(request -> request.matches("PUT /\\S+/below/in-a-bucket-pg17-[0-9a-f-]+/[0-9A-F]{24} .*"))
                .anyMatch(request -> request.matches("GET /\\S+/below/in-a-bucket-pg17-[0-9a-f-]+/[0-9A-F]{24} .*"));
        assertThat(objects()).isEmpty();
    }

    @Test
    void whatIsKeptCanBeAudited() throws Exception {
        Outcome outcome = run("--keep", "--archive=s3://" + bucket.getFileName());

        remove(Path.of(said(outcome, "pitrproof: the clusters' directories stay in (/\\S+)")));
        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        String place = said(outcome, "pitrproof: the archive is in (s3://[^,]+), and stays there");
        assertThat(objects()).isNotEmpty();
        assertThat(STORE.run("audit", place).out()).contains("missing");
    }

    private static final String DUMP = """
            scenario: dumped
            clock: { from: "00:00", to: "00:12", lasts: 1s }
            source: { archive: command }
            story:
              - at: "00:00"
                base-backup: { label: first }
              - during: "00:01-00:11"
                workload: { kind: ledger, rate: 50/s }
              - at: "00:06"
                logical-backup: { label: dump }
              - at: "00:10"
                accident: { sql: CREATE TABLE unwanted () }
            restore:
              - from: dump
                prove:
                  - lost-at-most: 5m
            """;

    /** What a dump lacks is read from the WAL, wherever that is by now. */
    @Test
    void aDumpIsComparedWithTheWalInTheBucket() throws Exception {
        Path binaries = LocalServer.binaries();
        Path dump = Files.writeString(directory.resolve("dump.yaml"), DUMP);

        Outcome outcome = STORE.run(
                "run",
                "--sandbox=process",
                "--pg-bin=" + binaries,
                "--postgres=" + binaries.getName(binaries.getNameCount() - 2),
                "--output=" + directory.resolve("out"),
                "--archive=s3://" + bucket.getFileName(),
                dump.toString());

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out()).contains("1 of 1 drills ended as expected");
    }

    private static String said(Outcome outcome, String pattern) {
        return outcome.err()
                .lines()
                .filter(line -> line.matches(pattern))
                .map(line -> line.replaceFirst(pattern, "$1"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(outcome.err()));
    }

    private static void remove(Path kept) throws IOException {
        try (Stream<Path> all = Files.walk(kept)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void aBucketThatIsNotThereIsSaidBeforeAnythingIsPlayed() {
        Outcome outcome = run("--archive=s3://no-such-bucket/x");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("error: there is no bucket \"no-such-bucket\"\nHINT: ");
        assertThat(directory.resolve("out")).doesNotExist();
        assertThat(run("--archive=/tmp").err()).contains("found --archive=/tmp, expected s3://BUCKET/PREFIX");
        assertThat(run().err()).contains("found --s3-endpoint without an archive");
    }

    /** The story was played, and then the store takes nothing: that is no verdict on the backup. */
    @Test
    void aStoreThatTakesNothingLeavesItUnproven() throws Exception {
        STORE.wire().refuse(head -> head.startsWith("PUT"), StoreAtHand.ALWAYS, 403, "AccessDenied", "");

        Outcome outcome = run("--archive=s3://" + bucket.getFileName());

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(3);
        assertThat(outcome.out()).contains("UNPROVEN").contains(" is denied (");
        assertThat(objects()).isEmpty();
    }
}
