package dev.pitrproof.sandbox;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Short-lived programs, run to their end, with an environment that nothing of the caller's leaks into. */
final class Subprocess {

    /** What a program left: its exit code and all it wrote to standard output and standard error. */
    record Result(int exitCode, String output) {
        boolean succeeded() {
            return exitCode == 0;
        }

        /** The last line that is not empty, or what the exit code says. */
        String lastLine() {
            return output.lines()
                    .filter(line -> !line.isBlank())
                    .reduce((first, second) -> second)
                    .orElse("exit code " + exitCode);
        }
    }

    private static final Pattern SHORT_WRITE = Pattern.compile("wrote only \\d+ of \\d+ bytes");

    private Subprocess() {}

    /** A program with a clean environment and nothing to read, its standard error joined to its output. */
    static ProcessBuilder clean(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        Map<String, String> environment = builder.environment();
        Optional<String> path = Optional.ofNullable(environment.get("PATH"));
        Optional<String> libraries = Optional.ofNullable(environment.get("LD_LIBRARY_PATH"));
        // PGDATA, PGOPTIONS, LC_MESSAGES and their like would change what the server does
        environment.clear();
        environment.put("PATH", path.orElse("/usr/local/bin:/usr/bin:/bin"));
        libraries.ifPresent(value -> environment.put("LD_LIBRARY_PATH", value));
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
        // the caller's directory may be closed to the user that the program runs as
        builder.directory(new File("/"));
        builder.redirectErrorStream(true);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        return builder;
    }

    static Result run(List<String> command) throws IOException {
        return finish(clean(command).start());
    }

    /** Reads all a process writes, and waits for its end. An interrupt ends the process. */
    static Result finish(Process process) throws IOException {
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException(
                    "interrupted while " + process.info().command().orElse("a program") + " ran", e);
        }
    }

    /** Finds a program as a shell would, and in the directories of the superuser's programs. */
    static Optional<Path> which(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/sbin:/sbin:/usr/bin:/bin";
        for (String directory : path.split(":", -1)) {
            if (directory.startsWith("/")) {
                Path candidate = Path.of(directory, program);
                if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a program's complaint is about a full file system. */
    static boolean saysDiskFull(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.contains("no space left on device")
                || lower.contains("disk quota exceeded")
                // ours, before it comes to that
                || lower.contains("not enough space for ")
                // PostgreSQL's words when the last bytes of a disk still took a part of a page
                || SHORT_WRITE.matcher(lower).find();
    }
}
