package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveScript;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.wal.SegmentName;
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
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The server runs an {@code archive_command} for each completed segment, as most sites do. */
final class CommandArchiving implements Archiving {

    /** To PostgreSQL, archiving is interrupted while the command is empty. */
    private static final String NOTHING = "";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Path scripts;
    private final Path script;

    private boolean paused;

    private CommandArchiving(Path directory, Path scripts, Path script) {
        this.directory = directory;
        this.scripts = scripts;
        this.script = script;
    }

    static CommandArchiving in(Sandbox sandbox) throws IOException {
        Path scripts = sandbox.createDirectory("archiving");
        Path script = ArchiveScript.writeArchiveScript(scripts);
        sandbox.give(scripts);
        return new CommandArchiving(sandbox.createDirectory("archive"), scripts, script);
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public Map<String, String> parameters() {
        return Map.of("archive_mode", "on", "archive_command", paused ? NOTHING : command());
    }

    private String command() {
        return ArchiveScript.archiveCommand(script, directory);
    }

    @Override
    public FileAccess files() {
        return new FileAccess(List.of(scripts), List.of(directory));
    }

    @Override
    public void begin(Cluster source) {
        // the server archives from its start
    }

    @Override
    public void pause(Cluster source, Connection sql) throws IOException, SQLException {
        awaitAllArchived(source, sql);
        set(NOTHING, sql);
        paused = true;
    }

    @Override
    public void resume(Cluster source, Connection sql) throws IOException, SQLException {
        set(command(), sql);
        paused = false;
        awaitAllArchived(source, sql);
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    /** Not in the settings that the server was started with: those cannot be changed while it runs. */
    private static void set(String command, Connection sql) throws SQLException, IOException {
        try (Statement statement = sql.createStatement()) {
            // a setting takes no parameters, and with two quotes for one no text ends before its end
            statement.execute("SET standard_conforming_strings = on");
            statement.execute("ALTER SYSTEM SET archive_command = '" + command.replace("'", "''") + "'");
            statement.execute("SELECT pg_reload_conf()");
        }
        // the postmaster tells its archiver when it tells this session
        await("the server did not take a new archive_command", () -> value("SHOW archive_command", sql)
                .equals(command));
    }

    private static void awaitAllArchived(Cluster source, Connection sql) throws IOException {
        await(
                "not all complete segments were archived",
                () -> !source.isRunning()
                        || value("SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'", sql)
                                .equals("0"));
    }

    private static String value(String question, Connection sql) throws SQLException {
        try (Statement statement = sql.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void await(String otherwise, Callable<Boolean> condition) throws IOException {
        try {
            Awaitility.await()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            throw timeout(otherwise, e);
        }
    }

    private static SandboxException timeout(String what, ConditionTimeoutException cause) {
        return new SandboxException(
                SandboxException.Kind.TIMEOUT,
                what + " within " + PATIENCE.toSeconds() + " s",
                "run again with --keep, and see what the archive_command says in the source's log",
                cause);
    }

    @Override
    public void beforeStop() {
        // the server's archiver ends with the server
    }

    @Override
    public void afterStart(Cluster source) {
        // and begins with it
    }

    @Override
    public void beforePromotion(Cluster standby, Connection sql) {
        // the standby has the same command, and heeds it from its promotion on
    }

    @Override
    public void finish(SegmentName last, Cluster source) throws IOException {
        if (paused) {
            source.fetch(directory);
            return;
        }
        Path expected = directory.resolve(last.fileName());
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> isHere(expected, source) || !source.isRunning());
        } catch (ConditionTimeoutException e) {
            throw timeout("segment " + last + " was not archived", e);
        }
        source.fetch(directory);
        if (!Files.exists(expected)) {
            throw new SandboxException(
                    SandboxException.Kind.SERVER_DIED,
                    "the source died: " + source.fatalLine().orElse("no FATAL line in its log"),
                    "run again with --keep and look at its log",
                    null);
        }
    }

    private static boolean isHere(Path file, Cluster source) throws IOException {
        source.fetch(file);
        return Files.exists(file);
    }

    @Override
    public void close() {
        // the server's archiver ends with the server
    }
}
