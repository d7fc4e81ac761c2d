package dev.pitrproof.alarms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.alarms.Drilled.Kind;
import dev.pitrproof.alarms.Drilled.Trial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the result of {@code bench/alarms/run} names what went wrong, and nothing else. */
class AlarmsReportTest {

    private static final Trial CAUGHT = new Trial("a segment is lost", "caught", false, "REFUTED WAL_GAP");
    private static final Trial HARMLESS = new Trial("a second timeline", "harmless", true, "PROVEN TARGET_EXACT");
    private static final Trial POINTLESS = new Trial("no history", "not applicable", false, "not needed");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    private static Drilled drilled(Kind kind, long seed, List<Trial> trials, List<String> wrong) {
        return new Drilled(kind, 17, "17.7", "day-pg17-1", seed, 1.5, trials, wrong);
    }

    private Path written(AlarmsReport report) throws Exception {
        Path file = directory.resolve("result.md");
        report.write(file);
        return file;
    }

    private static AlarmsReport report(Drilled... drills) {
        return new AlarmsReport(List.of(drills), "0.1", "abc", Duration.ofSeconds(61));
    }

    @Test
    void allIsWell() throws Exception {
        AlarmsReport report = report(
                drilled(Kind.SABOTAGED, 1, List.of(CAUGHT, HARMLESS, POINTLESS), List.of()),
                drilled(Kind.TWIN, 1, List.of(), List.of()),
                drilled(Kind.UNDAMAGED, 2, List.of(), List.of()));

        assertThat(report.misses()).isEmpty();
        assertThat(report.falseAlarms()).isEmpty();
        assertThat(written(report))
                .content()
                .contains("pitrproof 0.1, commit abc, ", "1 min 1 s.")
                .contains("|  | 17.7 | all |")
                .contains("| faults caught / injected | 1 / 1 | 1 / 1 |")
                .contains("| changes without harm, taken as such / made | 1 / 1 | 1 / 1 |")
                .contains("| **false alarms** | **0** | **0** |")
                .contains("| no history | 0 | 0 | 0 | 1 |")
                .contains("## Misses\n\nNone.\n\n## False alarms\n\nNone.");
    }

    @Test
    void aMissAndAFalseAlarmAreNamed() throws Exception {
        Trial missed = new Trial("a byte is another", "missed", false, "PROVEN TARGET_EXACT");
        Trial alarm = new Trial("a second timeline", "missed", true, "REFUTED WRONG_BRANCH");
        Trial notTried = new Trial("a segment is empty", "not tried", false, "no space");
        AlarmsReport report = report(
                drilled(Kind.SABOTAGED, 1, List.of(CAUGHT, missed, alarm, notTried), List.of()),
                drilled(Kind.TWIN, 1, List.of(), List.of("PROVEN, expected REFUTED")),
                drilled(Kind.UNDAMAGED, 2, List.of(), List.of("REFUTED, expected PROVEN")));

        assertThat(report.misses())
                .containsExactly(
                        "day-pg17-1 on 17.7, seed 1: a byte is another: PROVEN TARGET_EXACT",
                        "day-pg17-1 on 17.7, seed 1: a second timeline: REFUTED WRONG_BRANCH",
                        "day-pg17-1 on 17.7, seed 1: a segment is empty: no space",
                        "day-pg17-1 on 17.7, seed 1: PROVEN, expected REFUTED");
        assertThat(report.falseAlarms()).containsExactly("day-pg17-1 on 17.7, seed 2: REFUTED, expected PROVEN");
        assertThat(written(report))
                .content()
                .contains("| faults caught / injected | 1 / 3 | 1 / 3 |")
                .contains("| changes without harm, taken as such / made | 0 / 1 | 0 / 1 |")
                .contains("| **false alarms** | **1** | **1** |")
                .contains("- day-pg17-1 on 17.7, seed 2: REFUTED, expected PROVEN");
    }
}
