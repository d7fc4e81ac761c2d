package dev.pitrproof.allure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Attachment;
import dev.pitrproof.evidence.Drills;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.SampleChanges;
import dev.pitrproof.evidence.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AllureResultsTest {

    private static final String SHA256_OF_LOG = "8d6c44cd0e8f3d30a3a5d5a1ae4b1d1b6ad6c8bdcfb0bb0a1b0bb1f2f1cbbf4f";

    private final Path directory;

    AllureResultsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void statusFollowsTheExpectationAndNotTheVerdict() throws IOException {
        List<JsonNode> results = write("dropped-table-1", "dropped-table-2", "stopped-late", "environment");

        assertThat(results)
                .extracting(result -> text(result, "name") + " " + text(result, "status"))
                .containsExactlyInAnyOrder(
                        "dropped-table-1 (container): to 13:59, PROVEN as expected passed",
                        "dropped-table-2: to 14:01, REFUTED as expected, by DATA_DIFFERS passed",
                        "hourly-1: to 13:59, REFUTED but PROVEN was expected failed",
                        "dropped-table-1 (no sandbox): UNPROVEN but PROVEN was expected broken");
    }

    @Test
    void failureSaysWhatWasFoundAndWhatToDo() throws IOException {
        JsonNode details = write("stopped-late").get(0).get("statusDetails");

        assertThat(text(details, "message"))
                .startsWith("STOPPED_LATE: the server replayed through 0/3A9F128")
                .contains("\nHINT: look for recovery_target_time");
        assertThat(text(details, "expected")).startsWith("stop after 0/3A41E78");
        assertThat(text(details, "trace")).contains("target-reached: REFUTED STOPPED_LATE", "witnesses: ");
    }

    @Test
    void stepsAreTheStoryThePlanThePhasesAndTheClaims() throws IOException {
        JsonNode steps = write("dropped-table-1").get(0).get("steps");

        assertThat(names(steps))
                .containsExactly(
                        "Story: 00:00 to 14:05 on its clock, 2,860 commits",
                        "Plan: where recovery to 13:59 has to stop",
                        "Restore: 1.9 s, of 5 min allowed",
                        "Proof: 5 claims");
        assertThat(names(steps.get(0).get("steps"))).contains("14:00 accident: DROP TABLE accounts");
        assertThat(names(steps.get(2).get("steps")))
                .containsExactly("plan: 50 ms", "copy: 310 ms", "start: 420 ms", "replay: 880 ms", "promote: 280 ms");
        assertThat(names(steps.get(3).get("steps")))
                .startsWith("target-reached: PROVEN TARGET_EXACT", "table-exists: accounts: PROVEN HOLDS");
    }

    @Test
    void claimThatHadToBeRefutedIsNoFailedStep() throws IOException {
        JsonNode proof = write("dropped-table-2").get(0).get("steps").get(3);

        assertThat(text(proof, "status")).isEqualTo("passed");
        assertThat(names(proof.get("steps"))).contains("table-exists: accounts: REFUTED DATA_DIFFERS as expected");
    }

    @Test
    void timesAreThoseOfTheEvidence() throws IOException {
        JsonNode result = write("dropped-table-1").get(0);
        JsonNode restore = result.get("steps").get(2);

        assertThat(result.get("start").asLong())
                .isEqualTo(Samples.read("dropped-table-1").started().toEpochMilli());
        assertThat(restore.get("stop").asLong()).isEqualTo(result.get("stop").asLong());
        assertThat(restore.get("stop").asLong() - restore.get("start").asLong()).isEqualTo(1_940);
    }

    @Test
    void labelsNameScenarioTagsAndSurroundings() throws IOException {
        Evidence evidence = SampleChanges.withTags(Samples.read("dropped-table-1"), List.of("pitr", "smoke"));
        List<JsonNode> results = write(directory, List.of(Drills.write(directory, "drill", evidence)));

        assertThat(results.get(0)
                        .get("labels")
                        .valueStream()
                        .map(label -> text(label, "name") + "=" + text(label, "value")))
                .contains(
                        "suite=dropped-table",
                        "tag=pitr",
                        "tag=smoke",
                        "framework=pitrproof",
                        "postgres=17.11",
                        "sandbox=container");
    }

    @Test
    void historyIsTheSameOnEveryMachineAndInEveryRun() throws IOException {
        JsonNode here = write(directory.resolve("here"), Drills.write(directory.resolve("here"), "dropped-table-1"))
                .get(0);
        Path there = directory.resolve("there/of/another/machine");
        Evidence later = SampleChanges.withTags(Samples.read("dropped-table-1"), List.of("later"));
        JsonNode other = write(there, List.of(Drills.write(there, "shard-2/dropped-table-1", later)))
                .get(0);

        assertThat(text(here, "historyId")).isEqualTo(text(other, "historyId"));
        assertThat(text(here, "testCaseId")).isEqualTo(text(other, "testCaseId"));
        assertThat(here.get("parameters").valueStream())
                .as("what was measured is no part of a test's identity")
                .allMatch(parameter -> parameter.get("excluded").asBoolean());
        assertThat(text(write("dropped-table-2").get(0), "historyId")).isNotEqualTo(text(here, "historyId"));
    }

    @Test
    void noHostAndNoDirectoryIsNamed() throws IOException {
        write("dropped-table-1", "stopped-late", "environment");

        for (Path file : files("*")) {
            assertThat(Files.readString(file))
                    .doesNotContain(directory.toString())
                    .doesNotContain("\"host\"")
                    .doesNotContain("\"thread\"");
        }
    }

    @Test
    void categoriesAreTheCodesOfTheSurprises() throws IOException {
        List<JsonNode> results = write("dropped-table-2", "stopped-late", "environment");

        JsonNode categories = JsonMapper.shared().readTree(results().resolve("categories.json"));
        assertThat(names(categories))
                .containsExactly(
                        "ENVIRONMENT: the machine failed the drill", "STOPPED_LATE: recovery went past its target");
        for (JsonNode result : results) {
            if (result.has("statusDetails")) {
                String message = text(result.get("statusDetails"), "message");
                assertThat(categories.valueStream().filter(category -> message.matches(text(category, "messageRegex"))))
                        .hasSize(1);
            }
        }
    }

    @Test
    void environmentSaysWithWhatAndNotWhere() throws IOException {
        write("dropped-table-1");

        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(results().resolve("environment.properties"))) {
            properties.load(in);
        }
        assertThat(properties)
                .containsOnlyKeys("pitrproof", "PostgreSQL", "sandbox", "image", "startedBy")
                .containsEntry("PostgreSQL", "17.11")
                .containsEntry("pitrproof", "0.1.0 4f834e1");
    }

    @Test
    void filesOfTheDrillAreAttachedWithoutThePathOfTheSandbox() throws IOException {
        String log = "LOG:  listening on \"/home/ci/tmp/pitrproof-kghawwki/c2/run/.s.PGSQL.5432\"\nLOG:  größer\n";
        EvidenceOnDisk drill = withFiles(new Attachment("restored-server.log", sha256(log)));
        Files.writeString(directory.resolve("drill/restored-server.log"), log);

        JsonNode attachments = write(directory, List.of(drill)).get(0).get("attachments");

        assertThat(names(attachments)).containsExactly("story.svg", "evidence.json", "restored-server.log");
        assertThat(results().resolve(text(attachments.get(2), "source")))
                .hasContent("LOG:  listening on \"(sandbox)/c2/run/.s.PGSQL.5432\"\nLOG:  größer\n");
        assertThat(Files.readString(results().resolve(text(attachments.get(0), "source"))))
                .startsWith("<svg");
    }

    @Test
    void nothingOutsideTheDrillsDirectoryIsPublished() throws IOException {
        Files.writeString(directory.resolve("secret"), "secret\n");
        EvidenceOnDisk drill = withFiles(
                new Attachment("../secret", sha256("secret\n")),
                new Attachment(directory.resolve("secret").toString(), sha256("secret\n")),
                new Attachment("link", sha256("secret\n")),
                new Attachment("\u0000", SHA256_OF_LOG));
        Files.createSymbolicLink(directory.resolve("drill/link"), directory.resolve("secret"));

        JsonNode attachments = write(directory, List.of(drill)).get(0).get("attachments");

        assertThat(names(attachments)).containsExactly("story.svg", "evidence.json", "not attached");
        assertThat(Files.readString(results().resolve(text(attachments.get(2), "source"))))
                .contains("../secret: is not in the drill's directory", "link: is not in the drill's directory");
    }

    @Test
    void fileThatWasChangedSinceIsNotShownAsIfItHadNot() throws IOException {
        EvidenceOnDisk drill = withFiles(new Attachment("restored-server.log", SHA256_OF_LOG));
        Files.writeString(directory.resolve("drill/restored-server.log"), "LOG:  all is well\n");

        JsonNode attachments = write(directory, List.of(drill)).get(0).get("attachments");

        assertThat(names(attachments)).doesNotContain("restored-server.log");
        assertThat(Files.readString(results().resolve(text(attachments.get(2), "source"))))
                .contains("restored-server.log: was changed after the drill");
    }

    @Test
    void resultsOfAnEarlierRunGoAndThoseOfOthersStay() throws IOException {
        write("dropped-table-1", "dropped-table-2");
        Path foreign = Files.writeString(results().resolve("5f3c-result.json"), "{}");

        assertThat(write("stopped-late")).hasSize(1);

        assertThat(foreign).exists();
        assertThat(files("pitrproof-*-attachment*"))
                .as("picture, evidence, what is not there")
                .hasSize(3);
    }

    @Test
    void whateverIsInTheEvidenceIsText() throws IOException {
        Evidence hostile = Drills.hostile(directory);

        JsonNode result =
                write(directory, List.of(new EvidenceOnDisk(hostile, "drill"))).get(0);

        assertThat(text(result, "testCaseName")).isEqualTo(Drills.HOSTILE);
        assertThat(text(result, "description")).doesNotContain("<script").contains("&lt;script&gt;alert(1)");
        assertThat(files("*")).allMatch(file -> results().equals(file.getParent()));
        assertThat(Files.readString(results().resolve("categories.json"))).isEqualTo("[ ]\n");
    }

    private EvidenceOnDisk withFiles(Attachment... attachments) throws IOException {
        Evidence bare = SampleChanges.withOnly(Samples.read("dropped-table-1"), List.of(attachments));
        return Drills.write(directory, "drill", bare);
    }

    private static String sha256(String text) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<JsonNode> write(String... samples) throws IOException {
        return write(directory, EvidenceOnDisk.named(Drills.write(directory, samples)));
    }

    private static List<JsonNode> write(Path output, List<EvidenceOnDisk> drills) throws IOException {
        AllureResults.write(output, drills);
        List<JsonNode> results = new ArrayList<>();
        try (Stream<Path> files = Files.list(output.resolve(AllureResults.DIRECTORY))) {
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith("pitrproof-")
                            && file.getFileName().toString().endsWith("-result.json"))
                    .toList()) {
                results.add(JsonMapper.shared().readTree(file));
            }
        }
        return results;
    }

    private Path results() {
        return directory.resolve(AllureResults.DIRECTORY);
    }

    private List<Path> files(String pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        try (var found = Files.newDirectoryStream(results(), pattern)) {
            found.forEach(files::add);
        }
        return files;
    }

    private static List<String> names(JsonNode nodes) {
        return nodes.valueStream().map(node -> text(node, "name")).toList();
    }

    private static String text(JsonNode node, String name) {
        return node.get(name).asString();
    }
}
