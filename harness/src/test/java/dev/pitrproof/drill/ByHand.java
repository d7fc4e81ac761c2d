package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Somebody who does what they are told, in a shell, with PostgreSQL's own programs. */
final class ByHand {

    private final Path binaries;
    private final Path directory;

    /**
     * @param binaries PostgreSQL's own programs
     * @param directory belongs to the user that servers run as
     */
    ByHand(Path binaries, Path directory) {
        this.binaries = binaries;
        this.directory = directory;
    }

    /** Runs a shell script, as another user than root; what it printed. */
    String run(List<String> lines, Map<String, String> places) throws Exception {
        List<String> script = new ArrayList<>(List.of("set -eu", "cd '" + directory + "'"));
        places.forEach((name, value) -> script.add("export " + name + "='" + value + "'"));
        script.addAll(lines);
        Path output = Files.createTempFile("by-hand", ".out");
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of(
                    "setpriv",
                    "--reuid=" + Files.getAttribute(directory, "unix:uid"),
                    "--regid=" + Files.getAttribute(directory, "unix:gid"),
                    "--clear-groups"));
        }
        command.addAll(List.of("sh", "-c", String.join("\n", script)));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("PATH", binaries + ":" + System.getenv("PATH"));
        Process process = builder.start();
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        String said = Files.readString(output);
        Files.delete(output);
        assertThat(ended).as("ended: " + said).isTrue();
        assertThat(process.exitValue())
                .as("exit code of\n" + String.join("\n", script) + "\nwhich said\n" + said)
                .isZero();
        return said;
    }
}
