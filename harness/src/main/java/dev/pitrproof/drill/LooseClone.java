package dev.pitrproof.drill;

import dev.pitrproof.restore.ArchivingInBackup;
import dev.pitrproof.restore.Liberties;
import dev.pitrproof.restore.Restore;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A restored server that archives as the settings in its backup say, into the very archive that it was restored from: to
 * show what comes of that. Closing it takes out of the archive again what it put there.
 */
final class LooseClone implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path archive;
    private final Set<String> before;

    private LooseClone(Path archive, Set<String> before) {
        this.archive = archive;
        this.before = before;
    }

    /** Remembers what is in an archive that nobody else writes to. */
    static LooseClone of(Path archive) throws IOException {
        return new LooseClone(archive, names(archive));
    }

    /**
     * What the server is allowed to do.
     *
     * @param backup in plain format
     * @throws SandboxException if the backup brings no such settings along, or no server could do harm here
     */
    Liberties liberties(Sandbox sandbox, Path backup) throws IOException {
        if (sandbox.copiesFiles()) {
            throw new SandboxException(
                    SandboxException.Kind.ENVIRONMENT,
                    "a clone that archives as its backup says needs the archive itself, and this sandbox's servers get"
                            + " copies of files",
                    "restore it with --sandbox=process, or on the machine of the container engine",
                    null);
        }
        ArchivingInBackup archiving = ArchivingInBackup.of(backup);
        if (!archiving.isOn()) {
            throw new SandboxException(
                    SandboxException.Kind.ENVIRONMENT,
                    "the backup brings no archive_command along: expected one in its postgresql.auto.conf",
                    "do not set archive_mode or archive_command in the story",
                    null);
        }
        return new Liberties(archiving.settings(), List.of(archive));
    }

    /** What it can do is for its isolation to say: nothing keeps it from the archive. */
    static Map<String, String> isolation() {
        return Map.of("archive", "not-enforced");
    }

    /** Waits until the promoted server has archived what it begins its timeline with, or does not get it done. */
    void awaitArchived(Restore restore) throws SQLException {
        try (Connection connection = restore.connect();
                Statement statement = connection.createStatement()) {
            Awaitility.await()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .atMost(PATIENCE)
                    .until(() -> !names(archive).equals(before) && isIdle(statement));
        } catch (ConditionTimeoutException e) {
            // then the archive is as it was, and its settings alone are what is wrong
        }
    }

    private static boolean isIdle(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "SELECT count(*) = 0 FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** Without what is only being written. */
    private static Set<String> names(Path archive) throws IOException {
        try (Stream<Path> files = Files.list(archive)) {
            Set<String> names = new TreeSet<>();
            files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .forEach(names::add);
            return names;
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.list(archive)) {
            for (Path file : files.toList()) {
                if (!before.contains(String.valueOf(file.getFileName()))) {
                    Files.delete(file);
                }
            }
        }
    }
}
