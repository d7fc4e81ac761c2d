package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codehaus.groovy.control.CompilationFailedException;
import org.codehaus.groovy.control.CompilationUnit;
import org.codehaus.groovy.control.Phases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.UnmatchedArgumentException;

/** The pipelines that we ship are files of their languages, and use the command line that there is. */
class PipelinesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern CALL = Pattern.compile("\\./pitrproof ([^|'>\\n]+)");

    @ParameterizedTest
    @ValueSource(strings = {"Jenkinsfile", "scenarios/examples/jenkins/Jenkinsfile"})
    void jenkinsfileIsGroovy(String file) throws IOException {
        String jenkinsfile = Files.readString(ROOT.resolve(file));

        assertThatCode(() -> parseGroovy(jenkinsfile)).doesNotThrowAnyException();
        // the parser does look at it
        assertThatThrownBy(() -> parseGroovy(jenkinsfile.replaceFirst("agent none", "agent none }")))
                .isInstanceOf(CompilationFailedException.class);
    }

    private static void parseGroovy(String text) {
        CompilationUnit unit = new CompilationUnit();
        unit.addSource("Jenkinsfile", text);
        unit.compile(Phases.CONVERSION);
    }

    @Test
    void workflowIsYaml() throws IOException {
        String workflow = Files.readString(ROOT.resolve(".github/workflows/drills.yml"));

        assertThat(new Load(LoadSettings.builder().build()).loadFromString(workflow))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsKeys("name", "on", "jobs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Jenkinsfile", ".github/workflows/drills.yml", "scenarios/examples/jenkins/Jenkinsfile"})
    void usesCommandsAndFlagsThatThereAre(String pipeline) throws IOException {
        List<String[]> calls = calls(Files.readString(ROOT.resolve(pipeline)));

        assertThat(calls).hasSizeGreaterThanOrEqualTo(2);
        for (String[] call : calls) {
            assertThatCode(() -> parseCall(call)).as(String.join(" ", call)).doesNotThrowAnyException();
        }
        assertThatThrownBy(() -> parseCall("run", "--no-such-flag")).isInstanceOf(UnmatchedArgumentException.class);
    }

    private static void parseCall(String... call) {
        Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()))
                .parseArgs(call);
    }

    /** Variables get a value that fits every place where they stand. */
    private static List<String[]> calls(String pipeline) {
        List<String[]> calls = new ArrayList<>();
        Matcher matcher = CALL.matcher(pipeline);
        while (matcher.find()) {
            if (!matcher.group(1).startsWith("doctor tells")) {
                calls.add(matcher.group(1)
                        .strip()
                        .replace("$PART", "1")
                        .replaceAll("\\$\\{\\{[^}]*}}|\\$\\w+", "17")
                        .replace("\"", "")
                        .split("\\s+", -1));
            }
        }
        return calls;
    }
}
