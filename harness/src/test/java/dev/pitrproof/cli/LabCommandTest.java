package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.drill.HiddenFault;
import dev.pitrproof.lab.Answers;
import dev.pitrproof.lab.LabSession;
import dev.pitrproof.lab.Lessons;
import dev.pitrproof.lab.Page;
import dev.pitrproof.lab.Stage;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lessons as a learner sees them, who is sometimes right and sometimes wrong. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class LabCommandTest {

    private static final int MAJOR = 17;

    @TempDir
    Path directory;

    /** What was printed, with line breaks as blanks: where lines break is another test's matter. */
    private record Said(int code, String out, String err) {
        String flat() {
            return out.replaceAll("\\s+", " ");
        }
    }

    private Said command(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(arguments);
        return new Said(code, out.toString(), err.toString());
    }

    private Said lesson(String name, String... answers) throws IOException {
        Path file = Files.write(directory.resolve("answers"), List.of(answers));
        return command(
                "lab",
                name,
                "--answers=" + file,
                "--sandbox=process",
                "--postgres=" + MAJOR,
                "--output=" + directory.resolve("out"));
    }

    /** The same, with stories of three seconds. */
    private LabSession.Outcome shortened(StringWriter out, String name, long seed, String... answers) throws Exception {
        Map<String, Path> scenarios = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(Path.of("../scenarios"))) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".yaml")).toList()) {
                String text = Files.readString(file)
                        .replace("lasts: 15s", "lasts: 3s")
                        .replace(
                                "  - at: \"13:59\"\n",
                                "  - at: \"12:00\"\n    sql: SELECT pg_switch_wal()\n  - at: \"13:59\"\n");
                String fileName = String.valueOf(file.getFileName());
                scenarios.put(fileName.replace(".yaml", ""), Files.writeString(directory.resolve(fileName), text));
            }
        }
        PrintWriter page = new PrintWriter(out);
        Stage stage = new Stage(
                major -> ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {})),
                scenario -> MAJOR,
                DrillListener.SILENT,
                scenarios,
                directory.resolve("out"),
                seed,
                (arguments, said) -> Main.commandLine(said, said).execute(arguments.toArray(String[]::new)),
                () -> {});
        Answers given = new Answers(new BufferedReader(new StringReader(String.join("\n", answers))), "a test", false);
        return new LabSession(Lessons.shipped(), name, new Page(page, 0, false), given, stage).run();
    }

    private static String flat(StringWriter out) {
        return out.toString().replaceAll("\\s+", " ");
    }

    @Test
    void theFirstLessonShowsWhyABackupIsNoClusterByItself() throws IOException {
        Said said = lesson("base-backup", "# a comment", "3", "2", "", "3");

        assertThat(said.code()).as(said.out() + said.err()).isZero();
        assertThat(said.flat())
                .contains("Lesson 1: What is in a base backup", "bad-update on PostgreSQL 17")
                .contains("Your prediction, 1 to 3: 3", "✓ As you predicted: 3: Of no moment at all.")
                .contains("✗ You predicted: Where the backup ended.", "It is: 1: At the checkpoint")
                .contains("START WAL LOCATION: 0/", "In the backup's directory are: PG_VERSION backup_label")
                .contains("* Once more, and the restore command says that there is no WAL: the server does not start")
                .contains("✓ As you predicted: 3: It does not start.")
                .contains("2 of 3 predictions came true.");
        assertThat(directory.resolve("out/index.html")).exists();

        Said list = command("lab", "--output=" + directory.resolve("out"));
        assertThat(list.code()).isZero();
        assertThat(list.out()).contains("✓ 1 base-backup:", "  2 wal-archiving:", "  6 hidden-fault:");
    }

    @Test
    void theSecondShowsWhatOneLostSegmentCosts() throws Exception {
        StringWriter out = new StringWriter();

        assertThat(shortened(out, "wal-archiving", 1, "2", "1", "1")).isEqualTo(LabSession.Outcome.FINISHED);
        assertThat(flat(out))
                .contains("✓ As you predicted: 2: When the segment is full, or was switched.")
                .contains("✓ As you predicted: 1: Yes.")
                .contains("✗ You predicted: Yes. Only the transactions of 11:00 will be missing. It is: 2: It ends")
                .contains("2 of 3 predictions came true.");
    }

    @Test
    void theThirdNamesTheRecordsOnEitherSideOfTheTarget() throws Exception {
        StringWriter out = new StringWriter();

        assertThat(shortened(out, "replay-and-oracle", 1, "2", "2", "3", "0/0")).isEqualTo(LabSession.Outcome.FINISHED);
        assertThat(flat(out))
                .containsPattern("That was N: the commit of xid \\d+ at [0-9:.]+, LSN 0/")
                .containsPattern("A was the commit of xid \\d+ at [0-9:.]+, LSN 0/")
                .containsPattern("You predicted: 0/0 It is: 0/[0-9A-F]+ ")
                .contains("2 of 4 predictions came true.");
    }

    @Test
    void theFourthComparesAMinuteTooLate() throws Exception {
        StringWriter out = new StringWriter();

        assertThat(shortened(out, "back-to-1359", 1, "2", "3", "3")).isEqualTo(LabSession.Outcome.FINISHED);
        assertThat(flat(out))
                .containsPattern("and \\d+ commits that clients had been told of")
                .contains("As you predicted: 3: Refuted, because of the data.")
                .contains("table accounts does not exist", "3 of 3 predictions came true.");
    }

    @Test
    void theFifthMakesTheMistakes() throws Exception {
        StringWriter out = new StringWriter();

        assertThat(shortened(out, "common-mistakes", 1, "3", "1", "3", "1", "3"))
                .isEqualTo(LabSession.Outcome.FINISHED);
        assertThat(flat(out))
                .contains("* Once more, and the server is told to stop one commit sooner: REFUTED STOPPED_EARLY")
                .contains("✗ You predicted: The right state. It is: 2: One commit is missing.")
                .contains("* Once more, and recovery.signal is missing: the server does not start")
                .contains("✓ As you predicted: 3: It does not start.")
                .contains("3 of 5 predictions came true.");
    }

    private static int hidden(long seed) {
        return new Random(seed).nextInt(HiddenFault.values().length) + 1;
    }

    private static int number(HiddenFault fault) {
        return List.of(HiddenFault.values()).indexOf(fault) + 1;
    }

    private static long seedOf(HiddenFault fault) {
        return Stream.iterate(1L, seed -> seed + 1)
                .filter(seed -> hidden(seed) == number(fault))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFaultInTheArchiveIsFoundByWhoLooksThere() throws Exception {
        StringWriter out = new StringWriter();
        HiddenFault fault = HiddenFault.TRUNCATED_SEGMENT;

        assertThat(shortened(out, "hidden-fault", seedOf(fault), "verifybackup", "audit", "plan", "" + number(fault)))
                .isEqualTo(LabSession.Outcome.FINISHED);
        assertThat(flat(out))
                .contains("$ pitrproof verifybackup BACKUP OK, backup successfully verified")
                .contains("$ pitrproof audit ARCHIVE", "truncated")
                .contains("$ pitrproof plan --backup=BACKUP --archive=ARCHIVE --target-time=")
                .containsPattern("✓ That is it: a segment is cut short. Time taken: \\d+:\\d\\d min, 3 looks.")
                .contains("A proof would have said WAL_CORRUPT");
    }

    @Test
    void aFaultInTheBackupIsNotFoundByWhoGuesses() throws Exception {
        StringWriter out = new StringWriter();
        HiddenFault fault = HiddenFault.MISSING_FILE;

        assertThat(shortened(out, "hidden-fault", seedOf(fault), "audit", "1")).isEqualTo(LabSession.Outcome.NOT_FOUND);
        assertThat(flat(out))
                .contains("✗ It was another one: a table's file is missing.", "1 look.")
                .contains("A proof would have said BACKUP_DAMAGED");
    }

    @Test
    void anUnknownLessonIsAnsweredWithTheNearest() {
        Said said = command("lab", "base-backpu");

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err())
                .contains("there is no lesson \"base-backpu\", expected base-backup, ", "HINT: did you mean");
        assertThat(said.out()).isEmpty();
    }

    @Test
    void withoutAnswersNothingIsStarted() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(new byte[0]));
        try {
            Said said = command("lab", "2", "--output=" + directory.resolve("out"));

            assertThat(said.code()).isEqualTo(2);
            assertThat(said.out()).contains("Lesson 2: ").doesNotContain("PostgreSQL 1");
            assertThat(said.err())
                    .contains("error: there is no answer: standard input ended before the first one, expected 1 to 3")
                    .contains("HINT: run it on a terminal, or give an answer a line: --answers FILE");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void answersMayComeThroughAPipeAndMustBeAnswers() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("2\nperhaps\n".getBytes(StandardCharsets.UTF_8)));
        try {
            Said said = command("lab", "wal-archiving", "--output=" + directory.resolve("out"));

            assertThat(said.code()).isEqualTo(2);
            assertThat(said.err()).contains("standard input, line 2: found \"perhaps\", expected 1 to 2");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aFileOfAnswersThatIsNotThereIsSaid() {
        Said said = command("lab", "1", "--answers=" + directory.resolve("none"));

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).contains("--answers=", "found no such file");
    }
}
