package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveScript;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** The server runs an {@code archive_command} for each completed segment, as most sites do. */
final class CommandArchiving implements Archiving {

    /** To PostgreSQL, archiving is interrupted while the command is empty. */
    private static final String NOTHING = "";

    /** A device that has no room: each write to it fails as on a disk that is full, full(4). */
    static final String FULL = "LC_ALL=C cp \"%p\" /dev/full";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Path scripts;
    private final Path script;

    private @Nullable String held;

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
        return Map.of("archive_mode", "on", "archive_command", held == null ? command() : held);
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
        held = NOTHING;
    }

    @Override
    public void fillDisk(Cluster source, Connection sql) throws IOException, SQLException {
        awaitAllArchived(source, sql);
        set(FULL, sql);
        held = FULL;
        try (Statement statement = sql.createStatement()) {
            // something to archive, so that the server finds out
            statement.execute("SELECT pg_logical_emit_message(false, 'pitrproof', 'the archive is full')");
            statement.execute("SELECT pg_switch_wal()");
        }
        await("the archive_command did not find the disk full", () -> saysFull(source));
    }

    private static boolean saysFull(Cluster source) throws IOException {
        String log = Files.readString(source.logFile(), StandardCharsets.ISO_8859_1);
        return !source.isRunning() || SandboxException.hintAbout(log).isPresent();
    }

    @Override
    public void resume(Cluster source, Connection sql) throws IOException, SQLException {
        set(command(), sql);
        held = null;
        awaitAllArchived(source, sql);
    }

    @Override
    public boolean isPaused() {
        return held != null;
    }

    /** Not in the settings that the server was started with: those cannot be changed while it runs. */
    private static void set(String command, Connection sql) throws SQLException, IOException {
        AlteredSettings.set(Map.of("archive_command", command), sql);
        try (Statement statement = sql.createStatement()) {
            statement.execute("SELECT pg_reload_conf()");
        }
        // the postmaster tells its archiver when it tells this session
        await("the server did not take a new archive_command", () -> SingleValue.of("SHOW archive_command", sql)
                .equals(command));
    }

    private static void awaitAllArchived(Cluster source, Connection sql) throws IOException {
        await(
                "not all complete segments were archived",
                () -> !source.isRunning()
                        || SingleValue.of(
                                        "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'", sql)
                                .equals("0"));
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
        if (held != null) {
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
