package dev.pitrproof.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Programs that tests run in a JVM of their own, to kill them or to let them meet. */
final class ChildPrograms {

    private ChildPrograms() {}

    /** Opens a sandbox, says its directory, starts a source, says "ready", and stays until its input ends. */
    static final class Source {
        public static void main(String[] arguments) throws IOException {
            Sandbox sandbox = ProcessSandbox.open(
                    PostgresBinaries.find(PostgresBinaries.majorsAtHand().get(0), null, message -> {}));
            System.out.println(sandbox.directory());
            Cluster source = sandbox.createSource(SourceSettings.of(Map.of()));
            source.awaitReady(Duration.ofSeconds(30));
            System.out.println("ready");
            System.in.transferTo(System.out);
        }
    }

    /** Opens a sandbox, says its directory, starts a server on a view of a data directory, says "ready", and stays. */
    static final class OverlaidServer {
        public static void main(String[] arguments) throws IOException {
            Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}));
            System.out.println(sandbox.directory());
            Path data = sandbox.createDirectory("view");
            if (sandbox.overlay(Path.of(arguments[0]), data).isEmpty()) {
                throw new IOException("no overlay");
            }
            sandbox.give(data);
            sandbox.start(data, Map.of(), "overlaid").awaitReady(Duration.ofSeconds(30));
            System.out.println("ready");
            System.in.transferTo(System.out);
        }
    }

    /** The same with containers. */
    static final class ContainerSource {
        public static void main(String[] arguments) throws IOException {
            Sandbox sandbox = ContainerSandbox.open(ContainersAtHand.major(), ContainerOptions.of(null));
            System.out.println(sandbox.directory());
            Cluster source = sandbox.createSource(SourceSettings.of(Map.of()));
            source.awaitReady(Duration.ofSeconds(60));
            System.out.println("ready");
            System.in.transferTo(System.out);
        }
    }

    /** Obtains the Maven artifact of a major into a cache, and says how that went. */
    static final class Obtain {
        public static void main(String[] arguments) {
            int major = Integer.parseInt(arguments[0]);
            BinariesCache cache = new BinariesCache(Path.of(arguments[1]));
            try {
                PostgresBinaries binaries = MavenPostgres.of(major)
                        .orElseThrow()
                        .obtain(cache, message -> System.out.println("progress: " + message));
                System.out.println("obtained: " + binaries.directory());
            } catch (SandboxException e) {
                System.out.println("error: " + e.getMessage());
                System.out.println("HINT: " + e.hint());
                System.exit(3);
            }
        }
    }

    /** A command line for one of them on the tests' class path. */
    static List<String> command(List<String> options, Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** A running one whose lines are read one by one. */
    record Running(Process process, BufferedReader output) implements AutoCloseable {

        static Running start(List<String> command) throws IOException {
            return start(command, Map.of());
        }

        static Running start(List<String> command, Map<String, String> environment) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            return new Running(
                    process,
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
        }

        String line() throws IOException {
            return Objects.requireNonNull(output.readLine(), "the program ended");
        }

        /** SIGTERM and nothing else: {@link Process#destroy} also ends the program's input, and so the program. */
        void terminate() {
            process.toHandle().destroy();
        }

        /** SIGKILL and nothing else. */
        void kill() {
            process.toHandle().destroyForcibly();
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            output.close();
        }
    }
}
