package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The examples that run parts of everything run everything, and use what there is. */
class ExamplesTest {

    private static final Path ROOT = Path.of("..");
    private static final Path KUBERNETES = ROOT.resolve("scenarios/examples/kubernetes");

    private static List<JsonNode> documents(Path file) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(Files.readString(file))) {
            documents.add(JsonMapper.shared().valueToTree(document));
        }
        return documents;
    }

    private static JsonNode job(String file) throws IOException {
        return documents(KUBERNETES.resolve(file)).stream()
                .filter(document -> document.path("kind").asString().equals("Job"))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode container(JsonNode job) {
        JsonNode containers = job.at("/spec/template/spec/containers");
        assertThat(containers).hasSize(1);
        return containers.get(0);
    }

    private static ParseResult parse(String... words) {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return Main.commandLine(nowhere, nowhere).parseArgs(words).subcommand();
    }

    /** Each index of the job, from 0, as a shell makes a command of the arguments. */
    @Test
    void theIndexesOfTheKubernetesJobAreAllParts() throws Exception {
        JsonNode job = job("job.yaml");
        int completions = job.at("/spec/completions").asInt();
        JsonNode container = container(job);
        assertThat(job.at("/apiVersion").asString()).isEqualTo("batch/v1");
        assertThat(job.at("/spec/completionMode").asString()).isEqualTo("Indexed");
        assertThat(job.at("/spec/template/spec/restartPolicy").asString()).isEqualTo("Never");
        assertThat(container.at("/command").toString()).isEqualTo("[\"sh\",\"-c\"]");

        TreeSet<Shard> parts = new TreeSet<>((one, other) -> Integer.compare(one.number(), other.number()));
        TreeSet<Path> outputs = new TreeSet<>();
        for (int index = 0; index < completions; index++) {
            ParseResult run = parse(words(container, index));
            parts.add(run.matchedOptionValue("--shard", new Shard(1, 1)));
            outputs.add(run.matchedOptionValue("--output", Path.of("")));
        }

        assertThat(parts).hasSize(completions).allMatch(part -> part.of() == completions);
        assertThat(outputs).hasSize(completions).allMatch(output -> output.startsWith(mountPath(container)));
    }

    private static Path mountPath(JsonNode container) {
        return Path.of(container.at("/volumeMounts/0/mountPath").asString());
    }

    private static String[] words(JsonNode container, int index) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder(
                "sh", "-c", container.at("/args/0").asString().replaceFirst("^exec pitrproof", "printf '%s\\\\n'"));
        container.path("env").forEach(variable -> shell.environment()
                .put(variable.path("name").asString(), variable.path("value").asString()));
        shell.environment().put("JOB_COMPLETION_INDEX", Integer.toString(index));
        Process process = shell.redirectErrorStream(true).start();
        String[] words = process.inputReader().lines().toArray(String[]::new);
        assertThat(process.waitFor()).as(String.join(" ", words)).isZero();
        return words;
    }

    @Test
    void theKubernetesReportReadsWhatTheJobWrote() throws IOException {
        JsonNode report = container(job("report.yaml"));
        List<String> words = new ArrayList<>();
        report.path("args").forEach(word -> words.add(word.asString()));

        ParseResult parsed = parse(words.toArray(String[]::new));

        assertThat(parsed.commandSpec().name()).isEqualTo("report");
        assertThat(parsed.matchedPositional(0).stringValues())
                .containsExactly(mountPath(container(job("job.yaml"))).toString());
        assertThat(job("report.yaml").at("/spec/template/spec/volumes"))
                .isEqualTo(job("job.yaml").at("/spec/template/spec/volumes"));
    }

    /** The image's user is the pods', and is not root; what it copies is there, or is what the build makes. */
    @Test
    void theImageIsWhatTheExamplesRun() throws IOException {
        String dockerfile = Files.readString(Path.of("Dockerfile"));
        Matcher user = Pattern.compile("(?m)^USER (\\d+):(\\d+)$").matcher(dockerfile);
        assertThat(user.find()).isTrue();
        for (String file : List.of("job.yaml", "report.yaml")) {
            JsonNode context = job(file).at("/spec/template/spec/securityContext");
            assertThat(context.path("runAsUser").asString())
                    .isEqualTo(user.group(1))
                    .isNotEqualTo("0");
            assertThat(context.path("runAsGroup").asString()).isEqualTo(user.group(2));
        }
        assertThat(dockerfile)
                .contains("ENTRYPOINT [\"pitrproof\"]", "COPY harness/target/pitrproof.jar ", "COPY scenarios/*.yaml ");
        assertThat(Files.readString(Path.of("Dockerfile.dockerignore")))
                .contains("!harness/target/pitrproof.jar", "!scenarios/*.yaml");
    }

    @Test
    void theJenkinsMatrixHasEveryPart() throws IOException {
        String jenkinsfile = Files.readString(ROOT.resolve("scenarios/examples/jenkins/Jenkinsfile"));
        Matcher of = Pattern.compile("--shard=\"\\$PART/(\\d+)\"").matcher(jenkinsfile);
        Matcher values = Pattern.compile("values (.*)").matcher(jenkinsfile);
        assertThat(of.find() && values.find()).isTrue();

        List<String> parts = new ArrayList<>();
        for (int part = 1; part <= Integer.parseInt(of.group(1)); part++) {
            parts.add("'" + part + "'");
        }

        assertThat(values.group(1)).isEqualTo(String.join(", ", parts));
        assertThat(jenkinsfile).contains("[" + String.join(", ", parts) + "].each");
    }
}
