package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program of its own with a heap of 64 MB, that is sent to hostile servers one after the other. */
final class SmallHeap {

    private SmallHeap() {}

    /**
     * Runs it, and asserts that it came to its end and never ran out of memory.
     *
     * @param program is given the target and then the servers' ports, in the order of the scripts
     * @param said where its output goes
     * @return the lines of its output
     */
    static List<String> run(Class<?> program, Path target, List<? extends ScriptedServer.Script> scripts, Path said)
            throws IOException, InterruptedException {
        List<ScriptedServer> servers = new ArrayList<>();
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    program.getName(),
                    target.toString()));
            for (ScriptedServer.Script script : scripts) {
                ScriptedServer server = ScriptedServer.start(script);
                servers.add(server);
                command.add(String.valueOf(server.port()));
            }
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();

            assertThat(process.waitFor()).as(Files.readString(said)).isZero();

            assertThat(Files.readString(said)).doesNotContain("OutOfMemory").doesNotContain("heap");
            return Files.readAllLines(said);
        } finally {
            for (ScriptedServer server : servers) {
                server.close();
            }
        }
    }
}
