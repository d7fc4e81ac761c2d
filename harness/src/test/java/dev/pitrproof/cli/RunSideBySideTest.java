package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code run --jobs} and {@code run --shard}: who reads the output sees no difference. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class RunSideBySideTest {

    private static final int SCENARIOS = 4;

    /** The second entry of the third one does not end as it says. */
    private static final String SCENARIO = """
            scenario: story-%d
            postgres: 14-18
            clock: { from: "00:00", to: "00:10", lasts: 500ms }
            source:
              setup: CREATE TABLE notes (note text)
              archive: command
            story:
              - at: "00:00"
                base-backup: { label: first, checkpoint: fast }
              - at: "00:02"
                sql: INSERT INTO notes VALUES ('kept')
              - at: "00:05"
                accident: { sql: DROP TABLE notes }
            restore:
              - from: first
                to: { time: "00:04" }
                prove:
                  - table-exists: notes
              - from: first
                to: { time: "00:07" }
                expect: %s
                prove:
                  - table-exists: notes
            """;

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void write() throws IOException {
        for (int i = 1; i <= SCENARIOS; i++) {
            Files.writeString(
                    Files.createDirectories(directory.resolve("scenarios")).resolve("story-" + i + ".yaml"),
                    SCENARIO.formatted(i, i == 3 ? "PROVEN" : "REFUTED DATA_DIFFERS"));
        }
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("run", "--sandbox=process", "--postgres=17"));
        all.addAll(List.of(arguments));
        all.add(directory.resolve("scenarios").toString());
        return Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }

    /** The lines that say where something begins and how it ends. */
    private static List<String> skeleton(String out) {
        return out.lines()
                .filter(line -> line.matches("(story-|restore |  PROVEN|  REFUTED|\\d of ).*"))
                .map(line -> line.replaceFirst(" on PostgreSQL .*", ""))
                .toList();
    }

    @Test
    void storiesSideBySideAreToldOneAfterAnother() throws IOException {
        int code = run("-j", "3", "--output=" + directory.resolve("out"));

        assertThat(code).as(out.toString() + err).isEqualTo(1);
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= SCENARIOS; i++) {
            expected.add("story-" + i);
            expected.add("restore 1 of 2: first to 00:04");
            expected.add("  PROVEN  TARGET_EXACT");
            expected.add("restore 2 of 2: first to 00:07");
            expected.add(
                    i == 3
                            ? "  REFUTED NOT AS EXPECTED  DATA_DIFFERS (expected PROVEN)"
                            : "  REFUTED as expected  DATA_DIFFERS");
        }
        expected.add("7 of 8 drills ended as expected");
        assertThat(skeleton(out.toString())).isEqualTo(expected);
        for (int i = 1; i <= SCENARIOS; i++) {
            assertThat(directory.resolve("out/story-" + i + "-pg17-2/evidence.json"))
                    .isRegularFile();
        }
        assertThat(directory.resolve("out/index.html")).isRegularFile();
        try (var threads = Thread.getAllStackTraces().keySet().stream()) {
            assertThat(threads.map(Thread::getName)).noneMatch(name -> name.startsWith("story-"));
        }
    }

    @Test
    void partsTogetherRunEverythingOnceAndAreReportedTogether() {
        List<Path> parts = IntStream.rangeClosed(1, 3)
                .mapToObj(number -> directory.resolve("part-" + number))
                .toList();
        for (int number = 1; number <= 3; number++) {
            run("--jobs=2", "--shard=" + number + "/3", "--output=" + parts.get(number - 1));
        }
        List<String> played = skeleton(out.toString()).stream()
                .filter(line -> line.startsWith("story-"))
                .sorted()
                .toList();
        assertThat(played).containsExactly("story-1", "story-2", "story-3", "story-4");
        assertThat(err.toString()).contains("pitrproof: part 1/3: ", "pitrproof: part 3/3: ");

        List<String> report = new ArrayList<>(List.of("report"));
        parts.stream().filter(Files::exists).map(Path::toString).forEach(report::add);
        report.add("--output=" + directory.resolve("all"));
        int code = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(report.toArray(String[]::new));

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("7 of 8 drills ended as expected\nreport: " + directory.resolve("all"));
        assertThat(directory.resolve("all/junit/TEST-story-3.xml")).content().contains("<failure ");
    }

    @Test
    void aPartWithoutAnythingIsNoError() {
        assertThat(run("--shard=1/9", "--output=" + directory.resolve("none"))).isZero();

        assertThat(err.toString()).isEqualTo("pitrproof: part 1/9: 0 of 4, so there is nothing to do here\n");
        assertThat(out.toString()).isEmpty();
        assertThat(directory.resolve("none")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-2"})
    void aNumberOfJobsThatIsNoneIsRefused(String jobs) {
        assertThat(run("--jobs=" + jobs)).isEqualTo(2);
        assertThat(err.toString())
                .isEqualTo("pitrproof: error: --jobs is " + jobs + ", expected at least 1\n"
                        + "HINT: ./pitrproof run --help\n");
        assertThat(out.toString()).isEmpty();
    }
}
