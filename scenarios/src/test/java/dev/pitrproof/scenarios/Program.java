package dev.pitrproof.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The runnable jar as a process of its own, in an empty directory, with a directory of its own for temporary files.
 * Whatever is done to it: it never shows a stack trace.
 */
final class Program {

    private static final Path JAR =
            Path.of("..", "harness", "target", "pitrproof.jar").toAbsolutePath().normalize();
    private static final long PATIENCE_SECONDS = 180;

    private final Path directory;
    private final List<String> javaOptions = new ArrayList<>();
    private final List<String> prefix = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    /** What a process left. */
    record Ended(int exitCode, String out, String err) {
        List<String> errLines() {
            return err.lines().toList();
        }
    }

    private Program(Path directory) {
        this.directory = directory;
    }

    /** @param directory empty; the servers' user has to pass through it */
    static Program in(Path directory) throws IOException {
        assertThat(JAR).as("mvn verify packages it before these tests").isRegularFile();
        Program program = new Program(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path temporary = Files.createDirectory(program.temporary());
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectory(program.work());
        return program;
    }

    /** Where its run directories are. */
    Path temporary() {
        return directory.resolve("tmp");
    }

    /** Where it runs. */
    Path work() {
        return directory.resolve("work");
    }

    Program javaOption(String option) {
        javaOptions.add(option);
        return this;
    }

    Program environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Puts a program before it that starts it. */
    Program behind(String... command) {
        prefix.addAll(List.of(command));
        return this;
    }

    /** Runs it to its end. */
    Ended run(String... arguments) throws IOException, InterruptedException {
        return await(start(arguments));
    }

    Process start(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command(arguments));
        builder.directory(work().toFile());
        // what the pipeline that runs these tests has set for itself
        builder.environment().keySet().removeAll(Set.of("NO_COLOR", "CI_NODE_INDEX", "CI_NODE_TOTAL"));
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectOutput(directory.resolve("out.txt").toFile());
        builder.redirectError(directory.resolve("err.txt").toFile());
        return builder.start();
    }

    List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        command.add("-Djava.io.tmpdir=" + temporary());
        command.addAll(javaOptions);
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    Ended await(Process process) throws IOException, InterruptedException {
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("ends by itself; so far: %s", out())
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        Ended ended = new Ended(process.exitValue(), out(), Files.readString(directory.resolve("err.txt")));
        for (String text : List.of(ended.out(), ended.err())) {
            assertThat(text).doesNotContainPattern("(?m)^\\s+at [a-z]").doesNotContain("Exception");
        }
        return ended;
    }

    /** What it has written to standard output so far. */
    String out() throws IOException {
        return Files.readString(directory.resolve("out.txt"));
    }

    /** What is left in its directory for temporary files. */
    List<Path> leftovers() throws IOException {
        try (Stream<Path> files = Files.list(temporary())) {
            return files.toList();
        }
    }

    /** Processes that work on its files. */
    List<String> servers() {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(temporary() + "/pitrproof-"))
                .toList();
    }
}
