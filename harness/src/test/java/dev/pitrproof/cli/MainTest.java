package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A command that is looked at alone is no other command. */
class MainTest {

    private static String printed(boolean alone, String... arguments) {
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text, true);
        CommandLine commandLine =
                alone ? Main.commandLine(arguments, writer, writer) : Main.commandLine(writer, writer);
        int exitCode = commandLine.execute(arguments);
        return text + "exit code " + exitCode;
    }

    private static Set<String> commands() {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return Main.commandLine(nowhere, nowhere).getSubcommands().keySet();
    }

    @Test
    void aCommandAloneSaysWhatItSaysAmongTheOthers() {
        assertThat(commands()).contains("transactions", "run", "doctor");
        for (String command : commands()) {
            for (String argument : new String[] {"--help", "--unheard-of"}) {
                assertThat(printed(true, command, argument))
                        .as(command + " " + argument)
                        .isEqualTo(printed(false, command, argument))
                        .contains("pitrproof " + command);
            }
        }
    }

    @Test
    void withoutACommandAllAreThere() {
        for (String[] arguments : new String[][] {{}, {"--help"}, {"transation"}, {"--version"}}) {
            assertThat(printed(true, arguments)).isEqualTo(printed(false, arguments));
        }
        assertThat(printed(true, "transation")).contains("did you mean transactions");
    }
}
