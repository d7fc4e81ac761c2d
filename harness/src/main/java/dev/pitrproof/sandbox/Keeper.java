package dev.pitrproof.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A small process that outlives this JVM and cleans up after it, however it ended: a JVM that is killed runs no hook.
 *
 * <p>It holds the other end of a pipe. The pipe breaks when this JVM is gone; then it kills the servers of the run's
 * directory, or removes their containers, and removes the directory (keeper.sh).
 */
final class Keeper implements AutoCloseable {

    private final Process process;

    private Keeper(Process process) {
        this.process = process;
    }

    /** A keeper of processes. */
    static Keeper start(Path directory) throws IOException {
        return start(List.of(directory.toString()));
    }

    /** A keeper of containers, which knows them by their label: the directory's name. */
    static Keeper start(Path directory, EngineAddress engine) throws IOException {
        Path certificates = engine.certificates();
        return start(List.of(directory.toString(), engine.url(), certificates == null ? "" : certificates.toString()));
    }

    private static Keeper start(List<String> arguments) throws IOException {
        String script;
        try (InputStream source = Objects.requireNonNull(Keeper.class.getResourceAsStream("keeper.sh"))) {
            script = new String(source.readAllBytes(), StandardCharsets.UTF_8);
        }
        // not as a file in the directory: a sandbox that is closed at once would remove it before the shell reads it
        List<String> command = new ArrayList<>(ownSession());
        command.addAll(List.of("sh", "-c", script, "pitrproof-keeper"));
        command.addAll(arguments);
        return new Keeper(Subprocess.clean(command)
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** What to put before a command so that a terminal's Ctrl-C does not reach it. */
    static List<String> ownSession() {
        return Subprocess.which("setsid").map(path -> List.of(path.toString())).orElse(List.of());
    }

    /** Tells the keeper that nothing is left to do. */
    void dismiss() throws IOException {
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.write("done\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // somebody killed it: then there is no one to tell
        }
        await();
    }

    /** Lets the keeper do its work now, unless it was dismissed, and waits for it. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        await();
    }

    private void await() throws IOException {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the sandbox was removed", e);
        }
    }
}
