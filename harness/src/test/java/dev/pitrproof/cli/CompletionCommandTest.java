package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script, in a shell that reads it. */
class CompletionCommandTest {

    private final Path script;

    CompletionCommandTest(@TempDir Path directory) throws IOException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] arguments = {"generate-completion"};
        int code = Main.commandLine(arguments, new PrintWriter(out), new PrintWriter(err))
                .execute(arguments);
        assertThat(code).as(err.toString()).isZero();
        script = Files.writeString(directory.resolve("completion"), out.toString());
    }

    /** What the shell offers for the last word. */
    private List<String> offered(String... words) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD="
                                + (words.length - 1)
                                + "; complete -p pitrproof >&2; _complete_pitrproof; printf '%s\\n' \"${COMPREPLY[@]}\"")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        return said.lines().map(String::strip).toList();
    }

    @Test
    void commandsAreCompleted() throws Exception {
        assertThat(offered("./pitrproof", "re")).containsExactlyInAnyOrder("receivewal", "recheck", "report");
    }

    @Test
    void flagsOfACommandAreCompleted() throws Exception {
        assertThat(offered("./pitrproof", "run", "--s"))
                .contains("--sandbox", "--shard", "--seed", "--set", "--sabotage")
                .doesNotContain("--target-time");
    }

    @Test
    void valuesAreCompleted() throws Exception {
        assertThat(offered("./pitrproof", "run", "--sandbox", "''"))
                .map(value -> value.toLowerCase(Locale.ROOT))
                .contains("auto", "container", "process");
    }
}
