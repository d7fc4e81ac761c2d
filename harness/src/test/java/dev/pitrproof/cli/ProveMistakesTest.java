package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code prove} says to somebody who names the wrong directory, or the wrong role. */
@SuppressWarnings("NullAway.Init") // set before all tests
class ProveMistakesTest {

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
    void aDirectoryThatIsNoBackupIsToldWhatItIs() throws IOException {
        Path pgBackRest = Files.createDirectories(scratch.resolve("repository/backup/main/20261121-000000F"));
        Files.createFile(pgBackRest.resolve("backup.manifest"));
        Files.createDirectory(pgBackRest.resolve("pg_data"));
        Files.createDirectories(scratch.resolve("repository/archive"));
        Path barman = Files.createDirectories(scratch.resolve("main/base/20261121T000000"));
        Files.createFile(barman.resolve("backup.info"));
        Files.createSymbolicLink(barman.resolve("data"), stock.plain());

        assertNoBackup(stock.archive(), "it holds WAL segments: are --backup and --archive swapped?");
        assertNoBackup(
                pgBackRest, "let it restore a copy, and prove that with --data=DIR --restore-command='pgbackrest");
        assertNoBackup(scratch.resolve("repository"), "only pgBackRest can read its repository");
        assertNoBackup(barman, "there is one below it: " + barman.resolve("data"));
        assertNoBackup(Files.createDirectory(scratch.resolve("empty")), "./pitrproof prove --help");
    }

    private void assertNoBackup(Path directory, String hint) {
        Outcome outcome = prove(backup(directory), stock.archiveOption(), stock.goodOption());

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith("pitrproof: error: --backup=" + directory
                        + ": found no base backup, expected a PG_VERSION or a base.tar in it\nHINT: ")
                .contains(hint)
                .hasLineCount(2);
        assertThat(scratch.resolve("out")).doesNotExist();
    }

    @Test
    void anArchiveThatIsNoneIsToldWhatItIs() throws IOException {
        Path kept = Files.createDirectories(scratch.resolve("wals/0000000100000000"));
        Files.createFile(kept.resolve("000000010000000000000001-0123456789abcdef0123456789abcdef01234567.gz"));

        assertUsage(
                "HINT: there are some below it, such as " + kept,
                stock.goodOption(),
                "--archive=" + scratch.resolve("wals"));
        assertUsage("HINT: it is a backup or a data directory", stock.goodOption(), "--archive=" + stock.plain());
        assertUsage("HINT: it is a backup or a data directory", stock.goodOption(), "--archive=" + stock.tar());
    }

    @ParameterizedTest
    @CsvSource({"9.6, 9", "12, 12", "13, 13", "19, 19"})
    void aBackupOfAMajorThatIsNotSupportedIsRefused(String version, String major) throws IOException {
        Path backup = Files.createDirectory(scratch.resolve("backup"));
        Files.writeString(backup.resolve("PG_VERSION"), version + "\n");

        Outcome outcome = prove(backup(backup), stock.archiveOption(), stock.goodOption());

        assertThat(outcome.err())
                .startsWith("pitrproof: error: --backup=" + backup + ": PostgreSQL " + major
                        + " took it, which is not supported, expected 14-18\nHINT: ");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(scratch.resolve("out")).doesNotExist();
    }

    /** The superuser of a cluster is whoever ran initdb, and not always called postgres. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nobody | role "nobody" does not exist
            clerk  | permission denied
            """)
    void whoIsNoSuperuserIsToldToNameOne(String role, String found) {
        Outcome outcome =
                prove(backup(stock.plain()), stock.archiveOption(), stock.goodOption(), "-U" + role, "--no-structure");

        assertThat(outcome.code()).as(outcome.out()).isEqualTo(3);
        assertThat(outcome.out())
                .contains(found)
                .contains("HINT: name a role of the cluster that is a superuser and may log in: prove -U NAME");
    }

    @Test
    void theDirectoryOfARunningServerIsNoBackup() throws IOException {
        Path data = stock.server().dataDirectory();
        stock.server().startAgain();
        try {
            Outcome outcome = prove(backup(data), stock.archiveOption(), stock.goodOption());

            assertThat(outcome.err())
                    .contains(": it is the data directory of a running server (process ")
                    .contains("\nHINT: take one: ./pitrproof basebackup -D DIR, or pg_basebackup -D DIR\n");
            assertThat(outcome.code()).isEqualTo(2);
        } finally {
            stock.server().stop("fast");
        }

        Outcome stopped = prove(backup(data), stock.archiveOption(), stock.goodOption());

        assertThat(stopped.code()).as(stopped.out() + stopped.err()).isEqualTo(3);
        assertThat(stopped.out())
                .contains("a copy of a server that was shut down")
                .contains("HINT: take a base backup");
    }

    @Test
    void aBackupOnWhichAServerWasStartedIsOneNoMore() throws IOException {
        Path started = StockBackups.copy(stock.plain(), scratch.resolve("started"));
        Files.move(started.resolve("backup_label"), started.resolve("backup_label.old"));

        Outcome outcome = prove(backup(started), stock.archiveOption(), stock.goodOption());

        assertThat(outcome.code()).as(outcome.out()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("✗ backup-intact: a server was started on it")
                .contains("HINT: get the backup from another copy; to prove what that server has recovered");
    }

    private void assertUsage(String message, String... options) {
        List<String> all = new ArrayList<>(List.of(backup(stock.plain())));
        all.addAll(List.of(options));
        Outcome outcome = prove(all.toArray(String[]::new));
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).contains("HINT: ");
        assertThat(scratch.resolve("out")).doesNotExist();
    }
}
