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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The server runs an {@code archive_command} for each completed segment, as most sites do. */
final class CommandArchiving implements Archiving {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Path scripts;
    private final Path script;

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
        return Map.of("archive_mode", "on", "archive_command", ArchiveScript.archiveCommand(script, directory));
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
    public void finish(SegmentName last, Cluster source) throws IOException {
        Path expected = directory.resolve(last.fileName());
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(PATIENCE)
                    .until(() -> isHere(expected, source) || !source.isRunning());
        } catch (ConditionTimeoutException e) {
            throw new SandboxException(
                    SandboxException.Kind.TIMEOUT,
                    "segment " + last + " was not archived within " + PATIENCE.toSeconds() + " s",
                    "run again with --keep, and see what the archive_command says in the source's log",
                    e);
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
