package dev.pitrproof.drill;

import dev.pitrproof.proof.Snapshot;
import dev.pitrproof.sandbox.ClientPrograms;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.Step;
import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the logical backups of a story, with PostgreSQL's own {@code pg_dump}.
 *
 * <p>A session of ours takes the snapshot and exports it, and {@code pg_dump --snapshot} reads with it (manual, "Snapshot
 * Synchronization Functions"). The same session prints that snapshot, xid by xid; therefore it is known exactly which
 * commits in the WAL are in the dump. A position in the WAL would not do: which transactions a snapshot sees does not
 * follow from the order of their commit records.
 */
final class StoryDumps {

    private static final Logger LOG = LoggerFactory.getLogger(StoryDumps.class);

    private final Sandbox sandbox;
    private final SourceServer source;
    private final Map<String, Dump> complete = new LinkedHashMap<>();
    private final Map<String, SandboxException> missing = new LinkedHashMap<>();

    /**
     * A dump, and what it saw.
     *
     * @param directory holds nothing but the dump
     * @param snapshotText as the source printed it
     * @param moment when the workloads were held for it; the story's clock stood still until the snapshot was there
     * @param taken when there was the snapshot, on the source's clock
     * @param position of the source then
     * @param took how long pg_dump did
     * @param program as it says itself
     * @param origin where that is
     */
    record Dump(
            String label,
            Path directory,
            String snapshotText,
            Barrier moment,
            Instant taken,
            Lsn position,
            Duration took,
            String program,
            String origin) {

        Path file() {
            return directory.resolve(label + ".dump");
        }

        /** The same dump, of which there is a copy in another directory. */
        Dump in(Path copies) {
            return new Dump(label, copies, snapshotText, moment, taken, position, took, program, origin);
        }

        Snapshot snapshot() {
            return Snapshot.parse(snapshotText);
        }
    }

    /**
     * What became of them.
     *
     * @param complete by label
     * @param missing by label, why there could be no such dump here
     */
    record Taken(Map<String, Dump> complete, Map<String, SandboxException> missing) {}

    StoryDumps(Sandbox sandbox, SourceServer source) {
        this.sandbox = sandbox;
        this.source = source;
    }

    Taken taken() {
        return new Taken(complete, missing);
    }

    /**
     * Takes one.
     *
     * @param moment the quiet moment at which this is called
     * @param goOn is called when the snapshot is there: then the work on the source may go on
     * @return what became of it, in words
     * @throws IOException if pg_dump fails
     */
    String take(Step.LogicalBackup step, Barrier moment, Runnable goOn) throws IOException, SQLException {
        ClientPrograms programs;
        try {
            programs = sandbox.clientPrograms();
        } catch (SandboxException e) {
            if (e.kind() != SandboxException.Kind.CANNOT_JUDGE) {
                throw e;
            }
            LOG.debug("no dump {}", step.label(), e);
            missing.put(step.label(), e);
            return "\"" + step.label() + "\" is not taken: " + e.getMessage();
        }
        Dump dump = dump(step, moment, goOn, programs);
        complete.put(step.label(), dump);
        return String.format(
                Locale.ROOT,
                "\"%s\", %,d bytes in %.1f s by %s",
                step.label(),
                Files.size(dump.file()),
                dump.took().toNanos() / 1e9,
                dump.program());
    }

    private Dump dump(Step.LogicalBackup step, Barrier moment, Runnable goOn, ClientPrograms programs)
            throws IOException, SQLException {
        Path directory = sandbox.createDirectory("dump-" + step.label());
        try (Connection connection = source.connect()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT pg_export_snapshot(), pg_current_snapshot()::text,"
                            + " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,"
                            + " pg_current_wal_insert_lsn()::text")) {
                row.next();
                String exported = row.getString(1);
                String snapshot = row.getString(2);
                Instant taken = Instant.EPOCH.plus(row.getLong(3), ChronoUnit.MICROS);
                Lsn position = Lsn.parse(row.getString(4));
                goOn.run();
                long begun = System.nanoTime();
                run(programs, step, directory, exported);
                return new Dump(
                        step.label(),
                        directory,
                        snapshot,
                        moment,
                        taken,
                        position,
                        Duration.ofNanos(System.nanoTime() - begun),
                        programs.version(),
                        programs.where());
            } finally {
                // the snapshot can be imported for as long as the transaction that exported it is open
                connection.rollback();
            }
        }
    }

    private void run(ClientPrograms programs, Step.LogicalBackup step, Path directory, String exported)
            throws IOException {
        ClientPrograms.Result result = programs.run(
                "pg_dump",
                List.of(
                        "--format=custom",
                        "--snapshot=" + exported,
                        "--file=" + directory.resolve(step.label() + ".dump")),
                source.cluster(),
                directory);
        if (result.exitCode() != 0) {
            throw new IOException("pg_dump failed: " + result.complaint());
        }
    }
}
