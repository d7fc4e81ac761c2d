package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.scenario.ScenarioReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A story in which the standby takes its source's place, and our receiver and a tablespace have to come along. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class PromotionTest {

    private static final String STORY = """
            scenario: promotion
            postgres: 14-18
            clock: { from: "00:00", to: "10:00", lasts: 2s }
            source:
              setup: CREATE TABLE kept (a int) TABLESPACE fast
              tablespaces: [fast]
              archive: receiver
              standby: true
            story:
              - at: "00:00"
                base-backup: { label: before }
              - during: "00:30-09:30"
                workload: { kind: ledger, rate: 500/s }
              - at: "04:00"
                accident: { promote: standby }
              - at: "04:15"
                switch-wal: true
              - at: "04:30"
                archive: { lose: current }
              - at: "04:45"
                switch-wal: true
              - at: "05:00"
                sql: INSERT INTO kept VALUES (1)
              - at: "05:00"
                base-backup: { label: behind }
              - at: "06:00"
                accident: { kill: source }
              - at: "07:00"
                sql: INSERT INTO kept VALUES (2)
              - at: "08:00"
                mark: late
            restore:
              - from: behind
                to: { mark: late }
                prove:
                  - same-as: { mark: late, table: kept }
                  - query: { sql: SELECT count(*) FROM kept, equals: 2 }
              - from: behind
                to: { mark: late, timeline: 1 }
                expect: REFUTED WRONG_BRANCH
                prove: [target-reached]
              - from: before
                to: { time: "01:00", timeline: 2 }
                prove: [table-exists: kept]
              - from: before
                to: { mark: late }
                expect: REFUTED WAL_GAP
                prove: [target-reached]
              - from: before
                to: { time: "01:30", timeline: 1 }
                prove: [table-exists: kept]
            """;

    @TempDir
    static Path directory;

    private static List<Evidence> evidence;
    private static List<String> archive = List.of();
    private static final List<Explanation> STEPS = new ArrayList<>();

    @BeforeAll
    static void runTheStory() throws Exception {
        Path file = Files.writeString(directory.resolve("promotion.yaml"), STORY);
        DrillOptions options = new DrillOptions(17, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60));
        ProcessSandbox[] opened = new ProcessSandbox[1];
        evidence = new DrillRunner(
                        major -> opened[0] = ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {})),
                        options,
                        new DrillListener() {
                            @Override
                            public void explained(Explanation explanation) {
                                STEPS.add(explanation);
                            }

                            @Override
                            public void storyEnded(String time, long acknowledged, long refused, int segments) {
                                archive = names(opened[0].directory().resolve("archive"));
                            }
                        })
                .run(ScenarioReader.read(file));
    }

    private static List<String> names(Path directory) {
        return List.of(Objects.requireNonNull(directory.toFile().list()));
    }

    private static Claim target(int restore) {
        return evidence.get(restore - 1).claims().stream()
                .filter(claim -> claim.claim().equals("target-reached"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(evidence.get(restore - 1).toString()));
    }

    @Test
    void everyRestoreEndsAsItMust() {
        assertThat(evidence).hasSize(5).allSatisfy(drill -> assertThat(drill.asExpected())
                .as("%s: %s", drill.drill(), drill.claims())
                .isTrue());
    }

    @Test
    void theArchiveGoesOnWithTheNewTimeline() {
        assertThat(archive)
                .contains("00000002.history")
                .anyMatch(name -> name.matches("00000001[0-9A-F]{16}"))
                .anyMatch(name -> name.matches("00000002[0-9A-F]{16}"));
    }

    @Test
    void aBackupOfTheNewPrimaryIsRestoredAlongTheNewTimelineAlone() {
        assertThat(target(1).code()).isEqualTo("TARGET_EXACT");
        assertThat(target(1).witnesses()).as("the journal goes on, too").contains("client's journal");
        assertThat(target(2).found()).contains("timeline 1");
    }

    @Test
    void theWayLeadsAcrossThePromotionOnlyWhereTheArchiveHasAllOfIt() {
        assertThat(target(3).verdict()).isEqualTo(Verdict.PROVEN);
        Oracle oracle = Objects.requireNonNull(evidence.get(2).oracle());
        assertThat(oracle.timelinePath()).containsExactly(1, 2);
        assertThat(target(4).found())
                .as("the segment that was being written, of the new timeline")
                .containsPattern("segment 00000002[0-9A-F]{16} is not in the archive, though later ones are");
        assertThat(target(5).verdict()).isEqualTo(Verdict.PROVEN);
    }

    /** Of the segment in which a timeline was left, an archive has no more than a part. */
    @Test
    void byHandAPartialSegmentIsGivenItsName() {
        assertThat(STEPS)
                .filteredOn(step -> step.step().equals("make the WAL ready to be copied"))
                .last()
                .satisfies(
                        step -> assertThat(step.commands()).first().asString().contains("WAL=$PWD/restored-5-wal"))
                .satisfies(step -> assertThat(step.commands()).last().asString().contains("*.partial"));
        assertThat(STEPS.toString()).contains("cp \"$WAL/%f\" \"%p\"", "cp \"$ARCHIVE/%f\" \"%p\"");
    }

    @Test
    void theStoryTellsWhereTheNewTimelineBegins() {
        Story story = Objects.requireNonNull(evidence.get(0).story());

        assertThat(story.moments())
                .filteredOn(moment -> moment.kind().equals("promotion"))
                .singleElement()
                .satisfies(moment -> assertThat(moment.text())
                        .matches("the source is shut down, and the standby promoted: timeline 2 begins at"
                                + " [0-9A-F]+/[0-9A-F]+"));
    }

    @Test
    void theJournalNamesTheTimelineOfEachTransaction() throws Exception {
        List<String> journal = Files.readAllLines(directory.resolve("out/promotion-pg17-1/journal.jsonl"));

        assertThat(journal)
                .anyMatch(line -> line.contains("ACKNOWLEDGED\",\"timeline\":1,"))
                .anyMatch(line -> line.contains("ACKNOWLEDGED\",\"timeline\":2,"));
    }
}
