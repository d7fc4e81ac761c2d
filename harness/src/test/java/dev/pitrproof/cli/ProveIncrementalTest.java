package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.proof.FindingCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chain of a full backup and two incremental ones, proved, and found out where something is wrong with it. */
class ProveIncrementalTest {

    private static final int MAJOR = 18;

    @SuppressWarnings("NullAway.Init")
    private static RecoverySource source;

    @SuppressWarnings("NullAway.Init")
    private static Path full;

    @SuppressWarnings("NullAway.Init")
    private static Path first;

    @SuppressWarnings("NullAway.Init")
    private static Path second;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path scratch;

    @BeforeAll
    static void takeBackups() throws IOException, SQLException {
        source = RecoverySource.start(MAJOR, Map.of("summarize_wal", "on"));
        source.sql("CREATE TABLE t AS SELECT g AS id, 'full' AS line FROM generate_series(1, 20000) g");
        full = source.backUp("full");
        source.sql("UPDATE t SET line = 'first' WHERE id <= 100");
        first = source.backUpIncrementally("first", full);
        source.sql("UPDATE t SET line = 'second' WHERE id BETWEEN 101 AND 150");
        second = source.backUpIncrementally("second", first);
        source.sql(
                "UPDATE t SET line = 'wal' WHERE id = 20000", "SELECT pg_create_restore_point('good')", "DROP TABLE t");
        source.archiveAll();
    }

    @AfterAll
    static void close() throws IOException {
        if (source != null) {
            source.close();
        }
    }

    private ProveRun prove(Path oldest, List<Path> incrementals, String... more) throws IOException {
        Path output = Files.createTempDirectory(scratch, "out");
        Path claims = Files.writeString(
                output.resolve("claims.yaml"),
                "prove:\n"
                        + ProveRun.Of.query(
                                "SELECT string_agg(format('%s %s', line, n), ' ' ORDER BY line) FROM"
                                        + " (SELECT line, count(*) AS n FROM t GROUP BY line) x",
                                "first 100 full 19849 second 50 wal 1"));
        List<String> all = new ArrayList<>(List.of("--target-name=good", "--claims=" + claims));
        incrementals.forEach(each -> all.add("--incremental=" + each));
        all.addAll(Arrays.asList(more));
        return ProveRun.run(oldest, source.archive(), output, all);
    }

    @Test
    void theWholeChainIsProvenAndItsSabotageCaught() throws IOException {
        ProveRun run = prove(full, List.of(first, second), "--sabotage").isProven();

        assertThat(run.out())
                .contains("backup \"second\" on PostgreSQL 18")
                .contains("✓ backup-intact: 3 backups, each incremental to the one before, with ")
                .contains("✓ structure: heaps and indexes: ")
                .contains("✓ backup-unchanged: ")
                .contains("a byte of an incremental file is another (BACKUP_DAMAGED)")
                .contains("an incremental file is missing (BACKUP_DAMAGED)")
                .contains("a backup of the chain is missing (BACKUP_DAMAGED)")
                .contains("two backups of the chain are in the wrong order (BACKUP_DAMAGED)");
    }

    @Test
    void aMissingLinkIsRefutedByBothNames() throws IOException {
        prove(full, List.of(second), "--no-structure")
                .isRefuted(FindingCode.BACKUP_DAMAGED, "\"" + second + "\"", "\"" + full + "\"");
    }

    @Test
    void anIncrementalBackupByItselfIsRefuted() throws IOException {
        prove(second, List.of(), "--no-structure")
                .isRefuted(FindingCode.BACKUP_DAMAGED, "expected a full backup as the oldest");
    }

    @Test
    void aDamagedPartIsRefuted() throws IOException {
        Path copy = source.copy(first, "damaged-first");
        Path part = largestPart(copy);
        byte[] content = Files.readAllBytes(part);
        content[content.length - 20] ^= 1;
        Files.write(part, content);

        prove(full, List.of(copy, second), "--no-structure")
                .isRefuted(FindingCode.BACKUP_DAMAGED, "of the chain, \"" + copy + "\": ", "INCREMENTAL.");
    }

    private static Path largestPart(Path backup) throws IOException {
        try (Stream<Path> files = Files.walk(backup.resolve("base"))) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("INCREMENTAL."))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void whatIsNoBackupIsSaidBeforeAnythingElse() throws IOException {
        Path empty = Files.createDirectory(scratch.resolve("empty"));

        ProveRun run = prove(full, List.of(empty));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("--incremental=" + empty + ": found no base backup");
    }

    @Test
    void thePlanBeginsWhereTheNewestBackupDoes() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        assertThat(plan(out, err, "--backup=" + full, "--incremental=" + first, "--incremental=" + second))
                .as(out + "" + err)
                .isZero();
        assertThat(out.toString()).contains(second.toString());
        assertThat(plan(out, err, "--backup=" + full, "--incremental=" + second))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("error: backup \"" + second + "\" is incremental to a backup that begins at ");
    }

    private static int plan(StringWriter out, StringWriter err, String... backups) {
        List<String> all = new ArrayList<>(List.of("plan", "--archive=" + source.archive(), "--target-name=good"));
        all.addAll(Arrays.asList(backups));
        return Main.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(all.toArray(String[]::new));
    }
}
