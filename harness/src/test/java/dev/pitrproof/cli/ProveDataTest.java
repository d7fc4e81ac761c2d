package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.backup.BackupFingerprint;
import dev.pitrproof.replication.LocalServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code prove --data} says of copies that were restored by hand, as a site's own script would do it. */
@SuppressWarnings("NullAway.Init") // set before all tests
class ProveDataTest {

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

    private Outcome prove(Path data, String... options) {
        return StockBackups.prove(
                scratch,
                Stream.concat(Stream.of("--data=" + data, stock.archiveOption()), Stream.of(options))
                        .toArray(String[]::new));
    }

    /** A copy of the backup with a tablespace of its own, told to recover with these settings. */
    private static Path copy(String name, String... settings) throws IOException {
        Path data = StockBackups.copy(stock.plain(), stock.server().newPath(name));
        try (Stream<Path> links = Files.list(data.resolve("pg_tblspc"))) {
            for (Path link : links.toList()) {
                Path own = StockBackups.copy(link.toRealPath(), stock.server().newPath(name + "-tablespace"));
                stock.server().handOver(own);
                Files.delete(link);
                Files.createSymbolicLink(link, own);
            }
        }
        List<String> all = new ArrayList<>(List.of("archive_mode = off", "autovacuum = off"));
        all.addAll(List.of(settings));
        Files.write(data.resolve("postgresql.auto.conf"), all);
        Files.createFile(data.resolve("recovery.signal"));
        try (Stream<Path> tree = Files.walk(data)) {
            for (Path each : tree.filter(path -> !Files.isSymbolicLink(path)).toList()) {
                // a server insists on it for its directory and for its key
                Files.setPosixFilePermissions(
                        each, PosixFilePermissions.fromString(Files.isDirectory(each) ? "rwx------" : "rw-------"));
            }
        }
        return data;
    }

    private static String restoreCommand() {
        return "restore_command = 'cp " + stock.archive() + "/%f %p'";
    }

    /** With an offset in digits, for PostgreSQL takes no other zone here. */
    private static String targetTime() {
        return "recovery_target_time = '"
                + stock.good().toString().replace("T", " ").replace("Z", "+00") + "'";
    }

    private static LocalServer start(Path data, String awaited) throws IOException {
        LocalServer server = stock.server().startOn(data);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> server.query(awaited)
                .equals("t"));
        return server;
    }

    /** Recovers, promotes and shuts down. */
    private static Path promoted(String name, String... settings) throws IOException {
        Path data = copy(name, settings);
        try (LocalServer server = start(data, "SELECT NOT pg_is_in_recovery()")) {
            server.stop("fast");
        }
        return data;
    }

    private static Path exact(String name) throws IOException {
        return promoted(name, restoreCommand(), targetTime(), "recovery_target_action = promote");
    }

    @Test
    void aCopyAtTheTargetIsProvenAndLeftAlone() throws IOException {
        Path data = exact("exact");
        BackupFingerprint before = BackupFingerprint.of(data);

        Outcome outcome = prove(data, stock.goodOption());

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out())
                .contains("PROVEN  TARGET_EXACT")
                .contains("✓ target-reached: 2 witnesses agree, none disagrees")
                .containsPattern("✓ structure: rows: [0-9,]+ rows of [0-9,]+ tables in 2 databases read")
                .contains("✓ copy-unchanged")
                .doesNotContain("note: the copy was");
        assertThat(before.changedTo(BackupFingerprint.of(data))).isEmpty();
        assertThat(scratch.resolve("out/prove-exact/evidence.json")).content().doesNotContain("\"rto\"");
    }

    @Test
    void theVerdictCanBeComputedAgain() throws IOException {
        prove(exact("again"), stock.goodOption(), "--no-structure");

        Outcome again =
                Outcome.of("recheck", scratch.resolve("out/prove-again").toString(), "--archive=" + stock.archive());

        assertThat(again.code()).as(again.out() + again.err()).isZero();
    }

    @Test
    void aCopyOneCommitTooFarIsRefuted() throws IOException {
        Path data = promoted(
                "late",
                restoreCommand(),
                "recovery_target_xid = '" + stock.dropXid() + "'",
                "recovery_target_action = promote");

        Outcome outcome = prove(data, stock.goodOption(), "--no-structure");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("REFUTED NOT AS EXPECTED  STOPPED_LATE")
                .contains("; it branches off at ")
                .contains("branched off at LSN ");
    }

    /** To PostgreSQL the end of what it is given is the end of the WAL, and it opens. */
    @Test
    void aCopyThatLacksWalIsRefuted() throws IOException {
        Path data = promoted("short", "restore_command = 'false'");

        Outcome outcome = prove(data, stock.goodOption(), "--no-structure");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("REFUTED NOT AS EXPECTED  STOPPED_EARLY")
                .contains("of them not committed, first xid");
    }

    @Test
    void aCopyThatWasWrittenToSinceLacksAWitness() throws IOException {
        Path data = exact("used");
        try (LocalServer server = start(data, "SELECT NOT pg_is_in_recovery()")) {
            server.sql("CREATE TABLE since (id int)");
            server.stop("fast");
        }

        Outcome outcome = prove(data, stock.goodOption(), "--no-structure");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(3);
        assertThat(outcome.out())
                .contains("UNPROVEN NOT AS EXPECTED  NOTHING_TO_PROVE")
                .contains("only history file of the new timeline could answer")
                .contains("HINT: the server has assigned transactions of its own since its promotion");
    }

    @Test
    void aCopyThatIsPausedGoesOnToTheTargetAndNotBack() throws IOException {
        Path data = copy("paused", restoreCommand(), targetTime(), "hot_standby = on");
        try (LocalServer server = start(data, "SELECT pg_get_wal_replay_pause_state() = 'paused'")) {
            server.stop("fast");
        }

        Outcome there = prove(data, stock.goodOption(), "--no-structure");
        Outcome before = prove(data, "--target-xid=" + (stock.dropXid() - 3), "--no-structure");

        assertThat(there.code()).as(there.out() + there.err()).isZero();
        assertThat(there.out()).contains("PROVEN  TARGET_EXACT").contains("note: the copy was stopped in its recovery");
        assertThat(before.code()).as(before.out() + before.err()).isEqualTo(1);
        assertThat(before.out())
                .contains("REFUTED NOT AS EXPECTED  STOPPED_LATE")
                .contains("HINT: restore the backup again: a recovery does not go back");
    }

    @Test
    void aCopyThatWasNotStartedYetIsProvedAsABackupIs() throws IOException {
        Outcome outcome = prove(copy("untouched", restoreCommand()), stock.goodOption(), "--no-structure");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out()).contains("✓ backup-intact").contains("✓ copy-unchanged");
    }

    @Test
    void aCopyThatDoesNotTellWhereItCameFromProvesNothing() throws IOException {
        Path data = exact("anonymous");
        Files.delete(data.resolve("backup_label.old"));

        Outcome outcome = prove(data, stock.goodOption(), "--no-structure");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(3);
        assertThat(outcome.out()).contains("it has no backup_label.old").contains("HINT: prove the backup");
    }

    @Test
    void aCopyWithDamagedControlDataIsRefuted() throws IOException {
        Path data = exact("damaged");
        try (RandomAccessFile control =
                new RandomAccessFile(data.resolve("global/pg_control").toFile(), "rw")) {
            control.seek(60);
            control.write(0xFF);
        }

        Outcome outcome = prove(data, stock.goodOption(), "--no-structure");

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(1);
        assertThat(outcome.out()).contains("BACKUP_DAMAGED").contains("pg_control has checksum ");
    }

    @Test
    void howLongTheRestoreTookIsNotKnown() throws IOException {
        Path claims = Files.writeString(scratch.resolve("claims.yaml"), "prove: [ { recovered-within: 1h } ]");

        Outcome outcome = prove(exact("timeless"), stock.goodOption(), "--no-structure", "--claims=" + claims);

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(3);
        assertThat(outcome.out()).contains("? recovered-within: 1h: nobody measured the restore");
    }

    @Test
    void aRunningServerIsRefused() throws IOException {
        Path data = copy("running", restoreCommand());
        try (LocalServer server = start(data, "SELECT true")) {
            Outcome outcome = prove(data, stock.goodOption());

            assertThat(server.query("SELECT 1")).isEqualTo("1");
            assertThat(outcome.code()).isEqualTo(2);
            assertThat(outcome.err().lines())
                    .hasSize(2)
                    .anyMatch(line -> line.matches("error: --data=.*: a server runs on it \\(process [0-9]+\\), .*"))
                    .anyMatch(line -> line.startsWith("HINT: stop it (pg_ctl stop -D DIR)"));
            assertThat(scratch.resolve("out")).doesNotExist();
        }
    }

    @Test
    void usageErrorsAreToldBeforeAnythingIsDone() throws IOException {
        Path data = Files.createDirectory(scratch.resolve("empty"));
        Files.writeString(data.resolve("postmaster.pid"), "no number", StandardOpenOption.CREATE_NEW);

        assertUsage(prove(data, stock.goodOption()), "--data=" + data + ": found no base backup");
        assertUsage(
                prove(data, stock.goodOption(), "--backup=" + data), "found --backup and --data, expected one of them");
        assertUsage(
                prove(data, stock.goodOption(), "--sabotage"),
                "found --sabotage with --data, expected it with --backup");
        assertUsage(
                prove(data, stock.goodOption(), "--sweep=2"), "found --sweep with --data, expected it with --backup");
        assertUsage(prove(scratch.resolve("nowhere"), stock.goodOption()), "found no such directory");
    }

    private void assertUsage(Outcome outcome, String message) {
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).contains("HINT: ");
        assertThat(scratch.resolve("out")).doesNotExist();
    }
}
