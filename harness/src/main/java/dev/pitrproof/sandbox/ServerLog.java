package dev.pitrproof.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The file a server's standard error goes to, read for the reason of its end. */
record ServerLog(Path file) {

    // the server's end is told by the postmaster, the startup process or another process of its own
    private static final Pattern LINE =
            Pattern.compile("^(?:\\S+ \\S+ \\S+ \\[\\d+\\] (?:(?<backend>[^:]*): )?)?(?<text>(?<level>[A-Z]+):  .*)$");
    private static final List<String> CLIENTS =
            List.of("client backend", "walsender", "autovacuum worker", "parallel worker", "not initialized");

    /** The last FATAL or PANIC of the server itself, without the line's time and process. */
    Optional<String> fatalLine() {
        return lines().stream()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .filter(line -> List.of("FATAL", "PANIC").contains(line.group("level")))
                .filter(line -> !CLIENTS.contains(String.valueOf(line.group("backend"))))
                .map(line -> line.group("text"))
                .reduce((first, second) -> second);
    }

    /** Why the server ended, as well as its log tells it. */
    String lastWords() {
        Optional<String> fatal = fatalLine();
        if (fatal.isEmpty()) {
            return lines().stream()
                    .filter(line -> !line.isBlank())
                    .reduce((first, second) -> second)
                    .orElse("its log is empty");
        }
        // "configuration file … contains errors" is explained by a line of level LOG before it
        if (fatal.get().contains("contains errors")) {
            return complaint().map(reason -> fatal.get() + " (" + reason + ")").orElse(fatal.get());
        }
        return fatal.get();
    }

    /** The failure of a server that ended by itself. */
    SandboxException died(String purpose) {
        String lastWords = lastWords();
        String message = "the " + purpose + " cluster died: " + lastWords;
        if (Subprocess.saysDiskFull(lastWords)) {
            return SandboxException.environment(message, ProcessCluster.DISK_FULL_HINT);
        }
        if (CannotJudge.isSaidBy(lastWords)) {
            return CannotJudge.because(lastWords, new IllegalStateException(message));
        }
        return new SandboxException(SandboxException.Kind.SERVER_DIED, message, hint(), null);
    }

    /** The failure of a server that is still starting. */
    SandboxException notReady(String purpose, Duration after, Throwable cause) {
        return new SandboxException(
                SandboxException.Kind.TIMEOUT,
                "the " + purpose + " cluster is not ready after " + after.toMillis() + " ms; it said last: "
                        + lastWords(),
                hint(),
                cause);
    }

    private String hint() {
        return "see its log, " + file;
    }

    private Optional<String> complaint() {
        return lines().stream()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .filter(line -> line.group("level").equals("LOG"))
                .map(line -> line.group("text").substring("LOG:".length()).trim())
                .reduce((first, second) -> second);
    }

    private List<String> lines() {
        try {
            // a locale of the cluster may make bytes that are no UTF-8
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
