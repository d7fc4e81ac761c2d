package dev.pitrproof.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pitrproof.proof.SweepChoice;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.workload.WorkKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioReaderTest {

    private static final String SMALL = """
            scenario: small
            clock: { from: 00:00, to: 1d 02:00, lasts: 500ms }
            source: { archive: receiver }
            story:
              - at: 00:00
                base-backup: { label: nightly }
              - at: 13:59
                mark: "the-${suffix}"
              - at: 13:59
                accident: { sql: "SELECT '$${suffix} $1 ${suffix}'" }
            vars: { suffix: mark }
            restore:
              - from: nightly
                to: { mark: the-mark }
                prove: [target-reached, lost-at-most: 0s]
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @Test
    void readsTheDemo() throws InvalidScenario {
        Path file = Shipped.DIRECTORY.resolve("dropped-table.yaml");

        Scenario scenario = ScenarioReader.read(file);

        assertThat(scenario.name()).isEqualTo("dropped-table");
        assertThat(scenario.about()).startsWith("A table is dropped at 14:00.");
        assertThat(scenario.tags()).containsExactly("pitr", "smoke");
        assertThat(scenario.postgres()).isEqualTo(new MajorRange(14, 18));
        assertThat(scenario.clock()).isEqualTo(new StoryClock(time("00:00"), time("14:05"), Duration.ofSeconds(15)));
        assertThat(scenario.source().archive()).isEqualTo(ArchiveMethod.COMMAND);
        assertThat(scenario.source().setup())
                .startsWith("CREATE TABLE accounts")
                .hasLineCount(2);
        assertThat(scenario.story())
                .containsExactly(
                        new Step.BaseBackup(
                                new Position(file, 13, 5), time("00:00"), "nightly", BackupOptions.DEFAULT, null, null),
                        new Step.Workload(
                                new Position(file, 15, 5),
                                time("00:05"),
                                time("14:05"),
                                WorkKind.TRANSFERS,
                                "accounts",
                                200),
                        new Step.Mark(new Position(file, 17, 5), time("13:59"), "last-good"),
                        new Step.Accident(new Position(file, 19, 5), time("14:00"), "DROP TABLE accounts", null));
        assertThat(scenario.restores())
                .containsExactly(
                        new Restore(
                                new Position(file, 22, 5),
                                null,
                                "nightly",
                                new RestoreTarget.StoryMoment(time("13:59"), true),
                                new TimelineChoice.Latest(),
                                ServerChoice.DEFAULT,
                                null,
                                Expect.PROVEN,
                                List.of(
                                        new ClaimSpec.TargetReached(),
                                        new ClaimSpec.TableExists("accounts"),
                                        new ClaimSpec.SameAs("last-good", "accounts"),
                                        new ClaimSpec.StructureSound(),
                                        new ClaimSpec.RecoveredWithin(Duration.ofMinutes(5)),
                                        new ClaimSpec.LostAtMost(Duration.ofMinutes(1)))),
                        new Restore(
                                new Position(file, 30, 5),
                                "the twin, too late by a minute",
                                "nightly",
                                new RestoreTarget.StoryMoment(time("14:01"), true),
                                new TimelineChoice.Latest(),
                                ServerChoice.DEFAULT,
                                null,
                                new Expect("REFUTED", "DATA_DIFFERS"),
                                List.of(new ClaimSpec.TargetReached(), new ClaimSpec.TableExists("accounts"))));
    }

    @Test
    void takesTimesWithoutQuotesAndFillsInWhatIsLeftOut() throws Exception {
        Path file = write(SMALL);
        Scenario scenario = ScenarioReader.read(file);

        assertThat(scenario.postgres()).isEqualTo(MajorRange.SUPPORTED);
        assertThat(scenario.clock().to()).isEqualTo(time("1d 02:00"));
        assertThat(scenario.source()).isEqualTo(Source.of(ArchiveMethod.RECEIVER, Map.of(), Position.of(file)));
        assertThat(scenario.restores().get(0).to())
                .isEqualTo(new RestoreTarget.MarkMoment("the-mark", time("13:59"), true));
    }

    @Test
    void namesTargetReachedOnceAndFirst() throws Exception {
        Scenario scenario = ScenarioReader.read(write(SMALL));

        assertThat(scenario.restores().get(0).prove())
                .containsExactly(new ClaimSpec.TargetReached(), new ClaimSpec.LostAtMost(Duration.ZERO));
    }

    @Test
    void keepsStepsOfOneTimeInTheOrderOfTheFile() throws Exception {
        assertThat(ScenarioReader.read(write(SMALL)).story())
                .extracting(step -> step.getClass().getSimpleName())
                .containsExactly("BaseBackup", "Mark", "Accident");
    }

    @Test
    void fillsVariablesInAndLeavesEscapedOnes() throws Exception {
        Scenario scenario = ScenarioReader.read(write(SMALL));

        assertThat(scenario.story().get(2))
                .isInstanceOfSatisfying(Step.Accident.class, accident -> assertThat(accident.sql())
                        .isEqualTo("SELECT '${suffix} $1 mark'"));
        assertThat(scenario.variables()).containsExactly("suffix");
    }

    @Test
    void prefersTheCommandLinesVariables() throws Exception {
        Path file = write(SMALL.replace("mark: the-mark", "mark: the-end"));

        assertThat(ScenarioReader.read(file, Map.of("suffix", "end")).story().get(1))
                .isInstanceOfSatisfying(
                        Step.Mark.class, mark -> assertThat(mark.name()).isEqualTo("the-end"));
        assertThatThrownBy(() -> ScenarioReader.read(file))
                .isInstanceOf(InvalidScenario.class)
                .hasMessage(file + ":14:17: error: unknown mark \"the-end\", expected one from the story\n"
                        + "HINT: add a step with mark: the-end");
    }

    @Test
    void checksWhatAVariableTurnsInto() throws Exception {
        Path file = write(SMALL);

        assertThatThrownBy(() -> ScenarioReader.read(file, Map.of("suffix", "two words")))
                .hasMessageContaining(":8:11: error: mark is \"the-two words\", expected letters");
    }

    @Test
    void acceptsWhatCannotBeProvedWhereThatIsThePoint() throws Exception {
        Path file = write(SMALL.replace("to: { mark: the-mark }", "to: { time: 00:00 }")
                .replace("    prove:", "    expect: REFUTED BEFORE_CONSISTENCY\n    prove:")
                .replace("lost-at-most: 0s", "same-as: { mark: the-mark, table: accounts }"));

        assertThat(ScenarioReader.read(file).restores().get(0).expect().code()).isEqualTo("BEFORE_CONSISTENCY");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        Path file = directory.resolve("nowhere.yaml");

        assertThatThrownBy(() -> ScenarioReader.read(file))
                .hasMessage(file + ": error: found no such file, expected a scenario file\n"
                        + "HINT: name a scenario file, or a directory with *.yaml files in it");
    }

    @Test
    void refusesADirectory() {
        assertThatThrownBy(() -> ScenarioReader.read(directory))
                .hasMessage(directory + ": error: found a directory, expected a scenario file");
    }

    @Test
    void refusesAFileThatIsTooLarge() throws Exception {
        Path file = write(SMALL + "# padding\n".repeat(YamlFile.BYTES_MAX / 10));

        assertThatThrownBy(() -> ScenarioReader.read(file))
                .hasMessageContaining("error: file is larger than 262144 bytes, expected a scenario");
    }

    @Test
    void refusesAnAliasBombWithoutUnfoldingIt() throws Exception {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int level = 1; level < 30; level++) {
            bomb.append("a%d: &a%d [%s]\n"
                    .formatted(level, level, "*a%d, ".formatted(level - 1).repeat(10)));
        }
        Path file = write(bomb.toString());

        assertThatThrownBy(() -> ScenarioReader.read(file))
                .isInstanceOf(InvalidScenario.class)
                .hasMessageContaining(":2:10: error: found the alias *a0, expected a value");
    }

    @Test
    void refusesVariablesThatUnfoldTooFar() throws Exception {
        Path file = write(
                SMALL.replace("suffix: mark", "suffix: " + "x".repeat(100_000)).replace("$1", "${suffix}".repeat(20)));

        assertThatThrownBy(() -> ScenarioReader.read(file))
                .hasMessageContaining("value with its variables filled in is too long");
    }

    @Test
    void stopsCountingOutMistakesAtAHundred() throws Exception {
        Path file = write(SMALL + "x%d: 1\n".repeat(300));

        InvalidScenario invalid = catchThrowableOfType(InvalidScenario.class, () -> ScenarioReader.read(file));

        assertThat(invalid.problems()).hasSize(Reading.PROBLEMS_MAX + 1);
        assertThat(invalid.problems().get(Reading.PROBLEMS_MAX))
                .hasToString(file + ": error: 200 more problems, left out here");
    }

    @Test
    void readsAFileThatBeginsWithAByteOrderMark() throws Exception {
        assertThat(ScenarioReader.read(write("\uFEFF" + SMALL)).name()).isEqualTo("small");
    }

    @Test
    void readsWhatElseHappensInAStory() throws Exception {
        Path file =
                write(SMALL.replace("receiver }", "receiver, standby: true }").replace("vars:", """
                  - { at: 14:00, sql: DELETE FROM accounts, as: the-delete }
                  - { at: 14:01, restore-point: safe }
                  - { at: 14:02, switch-wal: true }
                  - { at: 14:03, checkpoint: true }
                  - { at: 14:03, accident: { promote: standby } }
                  - { at: 14:04, archive: pause }
                  - { at: 14:05, archive: resume }
                  - { at: 14:06, archive: { lose: current } }
                  - { at: 14:07, archive: { corrupt: current } }
                  - { at: 14:08, archive: { delay: 5m } }
                  - { at: 14:09, accident: { kill: source } }
                  - { at: 14:10, accident: { restart: source } }
                vars:"""));

        assertThat(ScenarioReader.read(file).story().subList(3, 15))
                .containsExactly(
                        new Step.Sql(new Position(file, 11, 5), time("14:00"), "DELETE FROM accounts", "the-delete"),
                        new Step.RestorePoint(new Position(file, 12, 5), time("14:01"), "safe"),
                        new Step.SwitchWal(new Position(file, 13, 5), time("14:02")),
                        new Step.Checkpoint(new Position(file, 14, 5), time("14:03")),
                        new Step.Promote(new Position(file, 15, 5), time("14:03")),
                        new Step.PauseArchive(new Position(file, 16, 5), time("14:04")),
                        new Step.ResumeArchive(new Position(file, 17, 5), time("14:05")),
                        new Step.LoseWal(new Position(file, 18, 5), time("14:06")),
                        new Step.CorruptWal(new Position(file, 19, 5), time("14:07")),
                        new Step.DelayArchive(new Position(file, 20, 5), time("14:08"), Duration.ofMinutes(5)),
                        new Step.Kill(new Position(file, 21, 5), time("14:09")),
                        new Step.Restart(new Position(file, 22, 5), time("14:10")));
    }

    @Test
    void readsWhatHappensToDisks() throws Exception {
        Path file = write(SMALL.replace("{ archive: receiver }", "{ archive: command, tablespaces: [fast] }")
                .replace("label: nightly", "label: nightly, room: 512kB")
                .replace("vars:", """
                          - { at: 14:00, accident: { lose-tablespace: fast } }
                          - { at: 14:01, accident: { fill-disk: archive } }
                          - { at: 14:02, archive: resume }
                        vars:"""));

        List<Step> story = ScenarioReader.read(file).story();

        assertThat(((Step.BaseBackup) story.get(0)).options().roomBytes()).hasValue(512 << 10);
        assertThat(story.subList(3, 6))
                .containsExactly(
                        new Step.LoseTablespace(new Position(file, 11, 5), time("14:00"), "fast"),
                        new Step.FillDisk(new Position(file, 12, 5), time("14:01")),
                        new Step.ResumeArchive(new Position(file, 13, 5), time("14:02")));
    }

    @Test
    void readsEveryKindOfTarget() throws Exception {
        String named = SMALL.replace("mark: \"the-${suffix}\"", "restore-point: safe")
                .replace("    accident: {", "    as: the-drop\n    accident: {")
                .replace("vars: { suffix: mark }", "vars: { suffix: mark, to: none }");

        assertThat(target(named, "name: safe")).isEqualTo(new RestoreTarget.AtRestorePoint("safe", time("13:59")));
        assertThat(target(named, "xid: the-drop"))
                .isEqualTo(new RestoreTarget.OfTransaction("the-drop", time("13:59"), true));
        assertThat(target(named, "lsn: the-drop, inclusive: false"))
                .isEqualTo(new RestoreTarget.AtCommit("the-drop", time("13:59"), false));
        assertThat(target(named, "immediate: true")).isEqualTo(new RestoreTarget.EndOfBackup(time("00:00")));
        assertThat(target(named, "latest: true")).isEqualTo(new RestoreTarget.EndOfArchive(time("1d 02:00")));
        assertThat(target(named, "timestamp: \"2026-10-25T02:30:00+01:00\""))
                .isEqualTo(new RestoreTarget.OfCalendar(
                        Instant.parse("2026-10-25T01:30:00Z"), "2026-10-25T02:30:00+01:00", time("1d 02:00"), true));
        assertThat(target(named, "timestamp: 2026-03-01 13:59 Asia/Kolkata, inclusive: false"))
                .isEqualTo(new RestoreTarget.OfCalendar(
                        Instant.parse("2026-03-01T08:29:00Z"),
                        "2026-03-01 13:59 Asia/Kolkata",
                        time("1d 02:00"),
                        false));
    }

    private RestoreTarget target(String scenario, String to) throws Exception {
        Path file = write(scenario.replace("to: { mark: the-mark }", "to: { " + to + " }"));
        return ScenarioReader.read(file).restores().get(0).to();
    }

    @Test
    void readsTheTimelineToFollow() throws Exception {
        assertThat(timeline("")).isEqualTo(new TimelineChoice.Latest());
        assertThat(timeline(", timeline: latest")).isEqualTo(new TimelineChoice.Latest());
        assertThat(timeline(", timeline: current")).isEqualTo(new TimelineChoice.Current());
        assertThat(timeline(", timeline: 3")).isEqualTo(new TimelineChoice.Numbered(new TimelineId(3)));
    }

    private TimelineChoice timeline(String timeline) throws Exception {
        Path file = write(SMALL.replace("mark: the-mark }", "mark: the-mark" + timeline + " }"));
        return ScenarioReader.read(file).restores().get(0).timeline();
    }

    @Test
    void readsWhatIsToBeSwept() throws Exception {
        String entry = "    to: { mark: the-mark }\n";

        assertThat(ScenarioReader.read(write(SMALL)).restores().get(0).sweep()).isNull();
        assertThat(ScenarioReader.read(write(SMALL.replace(entry, entry + "    sweep: { every: commit }\n")))
                        .restores()
                        .get(0)
                        .sweep())
                .isEqualTo(new SweepChoice.EveryCommit());
        assertThat(ScenarioReader.read(write(SMALL.replace(entry, entry + "    sweep: { sample: 20 }\n")))
                        .restores()
                        .get(0)
                        .sweep())
                .isEqualTo(new SweepChoice.Sample(20));
    }

    @Test
    void readsWhatIsSpecialAboutTheServer() throws Exception {
        String entry = "    to: { mark: the-mark }\n";
        String small = SMALL.replace("archive: receiver", "archive: command");

        assertThat(server(small)).isEqualTo(ServerChoice.DEFAULT);
        assertThat(server(small.replace(
                        entry, entry + "    with: { archiving: as-in-backup }\n    expect: REFUTED SIDE_EFFECT\n")))
                .isEqualTo(new ServerChoice(null, true, null));
        assertThat(server("postgres: 17\n"
                        + small.replace(
                                entry,
                                entry + "    with: { postgres: 14 }\n    expect: UNPROVEN ENGINE_CANNOT_JUDGE\n")))
                .isEqualTo(new ServerChoice(14, false, null));
        assertThat(
                        server(
                                small.replace("lasts: 500ms", "lasts: 2m")
                                        .replace(
                                                entry,
                                                entry
                                                        + "    with: { clock-shows-it-again: 14:59 }\n    expect: REFUTED STOPPED_LATE\n")))
                .isEqualTo(new ServerChoice(null, false, time("14:59")));
    }

    private ServerChoice server(String text) throws Exception {
        return ScenarioReader.read(write(text)).restores().get(0).server();
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("small.yaml"), text);
    }

    private static StoryTime time(String text) {
        return StoryTime.parse(text);
    }
}
