package dev.pitrproof.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pitrproof.scenarios.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a user of containers sees, and what is said when an engine or an image cannot do what is asked. */
class ContainerRunTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Program program;

    @BeforeAll
    static void anEngineWithAnImage() throws IOException {
        Containers.require();
    }

    @BeforeEach
    void prepare() throws IOException {
        program = Program.in(directory);
    }

    @Test
    void aDrillRunsInContainersAndItsEvidenceNamesTheImage() throws Exception {
        Ended ended = run(Scripts.droppedTable("13:59"), "--sandbox=container");

        assertThat(ended.exitCode()).as(ended.out()).isZero();
        assertThat(ended.out()).contains(", container sandbox").contains("  PROVEN  TARGET_EXACT");
        JsonNode evidence = JsonMapper.shared()
                .readTree(program.work()
                        .resolve("target/pitrproof/dropped-table-pg" + Containers.major() + "-1/evidence.json"));
        assertThat(evidence.path("postgres").path("sandbox").asString()).isEqualTo("container");
        assertThat(evidence.path("postgres").path("image").asString())
                .contains("postgres:" + Containers.major() + "@sha256:");
        assertThat(evidence.path("isolation").path("network").asString()).isEqualTo("enforced");
        assertThat(evidence.path("isolation").path("archive").asString()).isEqualTo("enforced");
        assertNothingIsLeft();
    }

    @Test
    void anEngineThatHasTheImageIsChosenByItself() throws Exception {
        Ended ended = run(Scripts.droppedTable("13:59"));

        assertThat(ended.exitCode()).as(ended.out()).isZero();
        assertThat(ended.err())
                .containsPattern("pitrproof: sandbox: container \\(.+ answers and has the image\\), PostgreSQL ");
    }

    @Test
    void anImageThatIsNotThereProvesNothing() throws Exception {
        Ended ended = run(Scripts.droppedTable("13:59"), "--image=localhost/pitrproof/nothing:1");

        assertThat(ended.exitCode()).isEqualTo(3);
        assertThat(ended.out())
                .contains("  UNPROVEN NOT AS EXPECTED  ENVIRONMENT (expected PROVEN)")
                .contains("  ? drill: the image localhost/pitrproof/nothing:1 is not on this machine (ENVIRONMENT, ")
                .contains("pull localhost/pitrproof/nothing:1");
        assertNothingIsLeft();
    }

    @Test
    void anImageThatLacksALocaleOrACompressionCannotJudge() throws Exception {
        String unknownLocale = Scripts.replace(
                Scripts.droppedTable("13:59"),
                "  setup: |\n",
                "  setup: |\n    CREATE DATABASE elsewhere LOCALE 'tlh_QO.UTF-8' TEMPLATE template0;\n");

        Ended ended = run(unknownLocale, "--sandbox=container");

        assertThat(ended.exitCode()).isEqualTo(3);
        assertThat(ended.out())
                .contains("  UNPROVEN NOT AS EXPECTED  ENGINE_CANNOT_JUDGE (expected PROVEN)")
                .contains("tlh_QO.UTF-8")
                .contains("    HINT: use a PostgreSQL that has what the data needs: ");
        assertNothingIsLeft();
    }

    /** As where the socket of an engine is handed into a container: its paths are not ours. */
    @Test
    void anEngineThatSeesOtherDirectoriesGetsCopiesOfOurs() throws Exception {
        assumeThat(new ProcessBuilder("unshare", "--mount", "true").start().waitFor())
                .as("only root can make a file system that the engine does not see")
                .isZero();
        program.behind(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -t tmpfs -o mode=755 tmpfs \"$1\" && shift && exec \"$@\"",
                "sh",
                program.temporary().toString());

        Ended ended =
                run(Scripts.replace(Scripts.text("dropped-table"), "lasts: 15s", "lasts: 3s"), "--sandbox=container");

        assertThat(ended.exitCode()).as(ended.out()).isZero();
        assertThat(ended.err())
                .contains("the engine does not see this machine's directories: files are copied to it and back");
        assertThat(ended.out())
                .contains("  PROVEN  TARGET_EXACT")
                .contains("  REFUTED as expected  DATA_DIFFERS")
                .contains("2 of 2 drills ended as expected");
        Path drill = program.work().resolve("target/pitrproof/dropped-table-pg" + Containers.major() + "-1");
        JsonNode evidence = JsonMapper.shared().readTree(drill.resolve("evidence.json"));
        assertThat(evidence.path("isolation").path("network").asString()).isEqualTo("enforced");
        assertThat(evidence.path("isolation").path("archive").asString()).isEqualTo("enforced");
        assertThat(drill.resolve("restore-requests.txt")).content().contains(" restored 1048576");
        assertThat(drill.resolve("restored-server.log")).content().contains("recovery stopping before commit");
        assertNothingIsLeft();
        assertThat(Containers.volumes(runOf(drill))).isEmpty();
    }

    @Test
    void choicesThatExcludeEachOtherAreRefused() throws Exception {
        Ended ended = run(Scripts.droppedTable("13:59"), "--sandbox=process", "--image=postgres:17");

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.errLines())
                .containsExactly(
                        "pitrproof: error: --image is for the container sandbox, but processes are asked for",
                        "HINT: ./pitrproof run --help");
    }

    @Test
    void doctorTriesTheEngineAndSaysHowToGetOne() throws Exception {
        Ended with = program.run("doctor");
        Ended without = program.environment("DOCKER_HOST", "unix:///nowhere/docker.sock")
                .run("doctor");

        assertThat(with.exitCode()).as(with.out()).isZero();
        assertThat(with.out()).containsPattern("✓ container sandbox opens, on .+ with images of PostgreSQL ");
        assertThat(without.exitCode()).as(without.out()).isZero();
        assertThat(without.out())
                .contains(
                        "- container sandbox no container engine answers: there is no socket unix:///nowhere/docker.sock\n"
                                + "  HINT: start one (Debian: apt-get install docker.io), or use --sandbox=process");
        // a log of what a library of the client's had to say may stay
        assertThat(program.leftovers()).noneMatch(Files::isDirectory);
        assertThat(Containers.of(program.temporary())).isEmpty();
    }

    private Ended run(String scenario, String... options) throws IOException, InterruptedException {
        String file = Files.writeString(program.work().resolve("scenario.yaml"), scenario)
                .toString();
        String[] arguments = new String[options.length + 3];
        arguments[0] = "run";
        arguments[1] = "--postgres=" + Containers.major();
        arguments[2] = file;
        System.arraycopy(options, 0, arguments, 3, options.length);
        return program.run(arguments);
    }

    /** The run's own name: that of its directory, in which the restored server had its socket. */
    private static String runOf(Path drill) throws IOException {
        Matcher run = Pattern.compile("/(pitrproof-[a-z2-7]{8})/")
                .matcher(Files.readString(drill.resolve("restored-server.log")));
        assertThat(run.find()).as("the log says where the socket is").isTrue();
        return run.group(1);
    }

    private void assertNothingIsLeft() throws IOException, InterruptedException {
        assertThat(program.leftovers()).isEmpty();
        assertThat(Containers.of(program.temporary())).isEmpty();
    }
}
