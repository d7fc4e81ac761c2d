package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.Verdict;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code prove} says of backups that pg_basebackup made, sound ones and damaged ones. */
@SuppressWarnings("NullAway.Init") // set before all tests
class ProveCommandTest {

    private static StockBackups stock;

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

    private Outcome prove(String... options) {
        return StockBackups.prove(scratch, options);
    }

    private static String backup(Path directory) {
        return "--backup=" + directory;
    }

    @Test
    void provesAPlainBackupWithATablespace() throws IOException {
        Outcome outcome = prove(backup(stock.plain()), stock.archiveOption(), stock.goodOption());

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("backup \"nightly\" on PostgreSQL ")
                .contains("PROVEN  TARGET_EXACT")
                .contains("left out N, the first that did not: commit of xid " + stock.dropXid())
                .containsPattern("✓ backup-intact: [0-9,]+ files, [0-9.]+ MB, compared with the manifest")
                .containsPattern("✓ structure: rows: [0-9,]+ rows of [0-9,]+ tables in 2 databases read")
                .containsPattern("✓ structure: heaps and indexes: [0-9,]+ heaps and [0-9,]+ indexes");
        Path drill = scratch.resolve("out").resolve("prove-plain");
        Evidence evidence = EvidenceFile.read(drill.resolve(EvidenceFile.NAME));
        assertThat(evidence.verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(evidence.story()).isNull();
        assertThat(scratch.resolve("out/index.html"))
                .content()
                .contains("PROVEN")
                .contains("prove-plain");
        assertThat(scratch.resolve("out/junit")).isNotEmptyDirectory();
    }

    @Test
    void provesTarFilesWithWalThatACommandFetches() {
        Outcome outcome = prove(
                backup(stock.tar()),
                "--restore-command=test -f " + stock.archive() + "/%f && cp " + stock.archive() + "/%f %p",
                "--target-xid=" + stock.dropXid(),
                "--target-exclusive",
                "--no-structure");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("asked    xid " + stock.dropXid() + ", exclusive")
                .contains("PROVEN  TARGET_EXACT")
                .doesNotContain("structure");
    }

    @Test
    void provesABackupOfAStandby() {
        Outcome outcome =
                prove(backup(stock.fromStandby()), stock.archiveOption(), stock.goodOption(), "--no-structure");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("backup \"of a standby\" on PostgreSQL ")
                .contains("PROVEN  TARGET_EXACT")
                .contains("left out N, the first that did not: commit of xid " + stock.dropXid());
    }

    @Test
    void anIdleTimeBehindTheBackupProvesNothing() {
        Outcome outcome = prove(backup(stock.plain()), stock.archiveOption(), "--target-immediate", "--no-structure");

        assertThat(outcome.code()).as(outcome.out()).isEqualTo(3);
        assertThat(outcome.out())
                .contains("UNPROVEN NOT AS EXPECTED  NOTHING_TO_PROVE")
                .contains("HINT: choose a target with at least one commit between it and the backup");
    }

    @Test
    void aProofThatHoldsCatchesEveryFault() throws IOException {
        Outcome outcome =
                prove(backup(stock.plain()), stock.archiveOption(), stock.goodOption(), "--no-structure", "--sabotage");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("✓ sabotage: 19 of 19 caught: ")
                .contains("a segment is lost (WAL_GAP)")
                .contains("a segment is another cluster's (FOREIGN_WAL)")
                .contains("a table's file is a byte too long (BACKUP_DAMAGED)")
                .contains("the server is told to stop as soon as it is consistent (STOPPED_EARLY)")
                .contains("the server is told to stop at the end of the WAL (STOPPED_LATE)");
        assertThat(Files.readAllLines(scratch.resolve("out/prove-plain/sabotage.jsonl")))
                .hasSize(22)
                .noneMatch(line -> line.contains("\"missed\"") || line.contains("\"not tried\""));
    }

    @Test
    void aSweepProvesTheStatesBeforeTheTargetToo() throws IOException {
        Path claims = Files.writeString(
                scratch.resolve("claims.yaml"),
                "prove:\n  - query: { sql: SELECT count(*) FROM orders WHERE id < -3, equals: 2 }\n");

        Outcome outcome = prove(
                backup(stock.plain()),
                stock.archiveOption(),
                stock.goodOption(),
                "--no-structure",
                "--sweep=every-commit");
        Outcome claimed = prove(
                backup(stock.plain()),
                stock.archiveOption(),
                stock.goodOption(),
                "--no-structure",
                "--sweep=3",
                "--claims=" + claims);

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out())
                .containsPattern("✓ sweep: every commit: ([0-9]+) of \\1 agree")
                .contains("✓ sweep-control: ");
        assertThat(claimed.code()).as(claimed.out()).isEqualTo(1);
        assertThat(claimed.out())
                .contains("✓ query: SELECT count(*) FROM orders WHERE id < -3: 2")
                .contains("✗ sweep: sample of 3: ")
                .contains("SELECT count(*) FROM orders WHERE id < -3: expected 2, found 0 (DATA_DIFFERS");
        Path drill = scratch.resolve("out/prove-plain");
        Evidence evidence = EvidenceFile.read(drill.resolve(EvidenceFile.NAME));
        assertThat(evidence.sweep()).isNotNull();
        assertThat(evidence.sweep().disagreements()).isNotEmpty().allSatisfy(one -> assertThat(one.code())
                .isEqualTo("DATA_DIFFERS"));
        assertThat(Files.readAllLines(drill.resolve("sweep.jsonl")))
                .hasSize(evidence.sweep().targets());
    }

    @Test
    void aProofThatDoesNotHoldIsNotSabotaged() throws IOException {
        Path damaged = StockBackups.copy(stock.plain(), scratch.resolve("damaged"));
        flip(damaged.resolve("base/1/1259"), 5000);

        Outcome outcome =
                prove(backup(damaged), stock.archiveOption(), stock.goodOption(), "--no-structure", "--sabotage");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).doesNotContain("sabotage");
    }

    @Test
    void whatTheUserClaimsIsJudged() throws IOException {
        Path claims = Files.writeString(scratch.resolve("claims.yaml"), """
                prove:
                  - query: { sql: SELECT count(*) FROM orders, equals: 5005 }
                  - table-absent: ids
                  - page-checksums: sound
                  - prepared-transactions: []
                """);

        Outcome healthy = prove(
                backup(stock.plain()),
                stock.archiveOption(),
                stock.goodOption(),
                "--claims=" + claims,
                "--no-structure");
        Outcome late = prove(
                backup(stock.plain()),
                stock.archiveOption(),
                "--target-xid=" + stock.dropXid(),
                "--claims=" + claims,
                "--no-structure");

        assertThat(healthy.code()).as(healthy.out()).isZero();
        assertThat(healthy.out())
                .containsPattern("✓ page-checksums: sound: [0-9,]+ pages of [0-9,]+ files checked")
                .contains("✓ prepared-transactions: []: no prepared transaction is open")
                .contains("✓ clone-harmless: archive_mode is off");
        assertThat(late.code()).isEqualTo(3);
        assertThat(late.out())
                .contains("✓ target-reached")
                .contains("? query: SELECT count(*) FROM orders: the query failed: relation \"orders\" does not exist");
    }

    @Test
    void aClaimsFileWithMistakesIsRefusedWithTheirPlaces() throws IOException {
        Path claims = Files.writeString(
                scratch.resolve("claims.yaml"), "prove:\n  - table-exist: orders\n  - lost-at-most: 1m\n");

        Outcome outcome = prove(backup(stock.plain()), stock.archiveOption(), stock.goodOption(), "--claims=" + claims);

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err())
                .contains(claims + ":2:5: error: unknown key \"table-exist\"")
                .contains("HINT: did you mean \"table-exists\"")
                .contains(claims + ":3:5: error: unknown key \"lost-at-most\"");
        assertThat(scratch.resolve("out")).doesNotExist();
    }

    @Test
    void aFlippedByteIsFoundByTheManifest() throws IOException {
        Path damaged = StockBackups.copy(stock.plain(), scratch.resolve("damaged"));
        flip(damaged.resolve("base/1/1259"), 8192 * 2 + 5000);

        Outcome outcome = prove(backup(damaged), stock.archiveOption(), stock.goodOption(), "--no-structure");

        assertThat(outcome.code()).as(outcome.out()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("✗ backup-intact: checksum mismatch for file \"base/1/1259\"")
                .contains("BACKUP_DAMAGED");
    }

    @Test
    void withoutAManifestTheStructureTells() throws IOException {
        Path healthy = StockBackups.copy(stock.plain(), scratch.resolve("healthy"));
        Files.delete(healthy.resolve("backup_manifest"));
        Path damaged = StockBackups.copy(healthy, scratch.resolve("damaged"));
        flip(damaged.resolve("base/1/2619"), 300); // pg_statistic of template1
        Path alone = Files.createDirectory(scratch.resolve("alone"));
        Path first;
        try (Stream<Path> files = Files.list(stock.archive())) {
            first = files.filter(file -> String.valueOf(file.getFileName()).length() == 24)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
        }
        Files.copy(first, alone.resolve(first.getFileName()));

        Outcome green = prove(backup(healthy), stock.archiveOption(), stock.goodOption());
        Outcome red = prove(backup(damaged), stock.archiveOption(), stock.goodOption());
        Outcome open = prove(backup(healthy), stock.archiveOption(), stock.goodOption(), "--no-structure");
        Outcome without = prove(backup(healthy), "--archive=" + alone, stock.goodOption());

        assertThat(green.code()).as(green.out() + green.err()).isZero();
        assertThat(red.code()).as(red.out() + red.err()).isEqualTo(1);
        assertThat(red.out())
                .contains(
                        "✗ structure: rows: table pg_catalog.pg_statistic in database template1: invalid page in block")
                .contains("BACKUP_DAMAGED");
        assertThat(open.code()).isEqualTo(3);
        assertThat(open.out()).contains("? backup-intact: the backup has no manifest");
        assertThat(without.code()).isEqualTo(1);
        assertThat(without.out())
                .contains("at least to the record of its end (at a position that is not known without a manifest)")
                .doesNotContain("0/0,");
    }

    @Test
    void anIndexThatDisagreesWithItsTableIsFound() {
        Outcome outcome = prove(backup(stock.plain()), stock.archiveOption(), "--target-latest");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("✓ target-reached")
                .contains("✓ structure: rows")
                .containsPattern(
                        "✗ structure: heaps and indexes: index public.lies in database postgres: heap tuple \\([0-9,]+\\)"
                                + "\\s+from\\s+table");
    }

    @Test
    void aLostSegmentIsAGap() throws IOException {
        Path archive = StockBackups.copy(stock.archive(), scratch.resolve("archive"));
        List<Path> segments;
        try (Stream<Path> files = Files.list(archive)) {
            segments = files.filter(file -> String.valueOf(file.getFileName()).length() == 24)
                    .sorted()
                    .toList();
        }
        Files.delete(segments.get(segments.size() - 2));

        Outcome outcome = prove(backup(stock.plain()), "--archive=" + archive, "--target-latest", "--no-structure");

        assertThat(outcome.code()).as(outcome.out()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("REFUTED NOT AS EXPECTED  WAL_GAP")
                .contains(segments.get(segments.size() - 2).getFileName() + " is not in the archive");
    }

    @Test
    void aCopyWithoutALabelIsNoBackup() throws IOException {
        Path damaged = StockBackups.copy(stock.plain(), scratch.resolve("damaged"));
        Files.delete(damaged.resolve("backup_label"));
        Files.delete(damaged.resolve("backup_manifest"));

        Outcome outcome = prove(backup(damaged), stock.archiveOption(), stock.goodOption());

        assertThat(outcome.code()).as(outcome.out()).isEqualTo(1);
        assertThat(outcome.out()).contains("✗ backup-intact: it has no backup_label");
    }

    @Test
    void aBackupWithoutItsVersionIsDamaged() throws IOException {
        Path damaged = StockBackups.copy(stock.plain(), scratch.resolve("damaged"));
        Files.delete(damaged.resolve("PG_VERSION"));

        Outcome outcome = prove(backup(damaged), stock.archiveOption(), stock.goodOption(), "--no-structure");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("✗ backup-intact: \"PG_VERSION\" is present in the manifest but not on disk");
    }

    @Test
    void usageErrorsAreToldBeforeAnythingIsDone() {
        assertUsage("no WAL is named: expected --archive=DIR or --restore-command=COMMAND", stock.goodOption());
        assertUsage("expected one with %f and %p", stock.goodOption(), "--restore-command=cp %f here");
        assertUsage("--postgres is [14]: expected ", stock.goodOption(), stock.archiveOption(), "--postgres=14");
        assertUsage("no target is named", stock.archiveOption());
        assertUsage(
                "--sweep=0: expected every-commit, or a number of targets from 1 to 1000",
                stock.goodOption(),
                stock.archiveOption(),
                "--sweep=0");
        assertUsage("--sweep=some: expected every-commit", stock.goodOption(), stock.archiveOption(), "--sweep=some");
        assertUsage("holds no WAL segments", stock.goodOption(), "--archive=" + scratch);
        Outcome noBackup = prove(backup(stock.archive()), stock.archiveOption(), stock.goodOption());
        assertThat(noBackup.code()).isEqualTo(2);
        assertThat(noBackup.err()).contains("found no base backup").contains("HINT: ");
        Outcome outcome = prove(backup(scratch.resolve("nowhere")), stock.archiveOption(), stock.goodOption());
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("found no such directory").contains("HINT: ");
    }

    private void assertUsage(String message, String... options) {
        List<String> all = new ArrayList<>(List.of(backup(stock.plain())));
        all.addAll(List.of(options));
        Outcome outcome = prove(all.toArray(String[]::new));
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).contains("HINT: ");
        assertThat(scratch.resolve("out")).doesNotExist();
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int old = bytes.read();
            bytes.seek(offset);
            bytes.write(old ^ 0x40);
        }
    }
}
