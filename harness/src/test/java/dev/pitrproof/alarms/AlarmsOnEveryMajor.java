package dev.pitrproof.alarms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.alarms.Drilled.Kind;
import dev.pitrproof.drill.Version;
import dev.pitrproof.scenario.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bench/alarms/run} runs, which takes minutes. */
class AlarmsOnEveryMajor {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @Test
    void everySabotageIsCaughtAndNothingElseAlarms() throws Exception {
        List<Integer> majors = Stream.of(
                        System.getProperty("alarms.majors", "14,15,16,17,18").split(",", -1))
                .map(Integer::valueOf)
                .toList();
        int undamaged = Integer.getInteger("alarms.drills", 20);
        Path result = Path.of(System.getProperty("alarms.result"));
        String commit = System.getProperty("alarms.commit", "unknown");
        Instant begun = Instant.now();
        List<Drilled> drills = new ArrayList<>();
        Alarms alarms = new Alarms(directory, drill -> {
            synchronized (drills) {
                drills.add(drill);
                drill.wrong().forEach(wrong -> System.err.println(drill.drill() + ": " + wrong));
            }
        });
        List<Scenario> scenarios = alarms.scenarios(Path.of(System.getProperty("alarms.scenarios")));

        AlarmsReport report;
        try {
            alarms.run(scenarios, majors, undamaged);
        } finally { // what came out so far is told, whatever became of the rest
            synchronized (drills) {
                report = new AlarmsReport(drills, Version.NUMBER, commit, Duration.between(begun, Instant.now()));
            }
            report.write(result);
        }

        assertThat(report.misses()).as("misses").isEmpty();
        assertThat(report.falseAlarms()).as("false alarms").isEmpty();
        assertThat(drills)
                .filteredOn(drill -> drill.kind() == Kind.UNDAMAGED)
                .as("undamaged drills")
                .hasSizeGreaterThanOrEqualTo(undamaged * majors.size());
        assertThat(drills)
                .filteredOn(drill -> drill.kind() == Kind.SABOTAGED)
                .as("sabotaged proofs")
                .hasSizeGreaterThanOrEqualTo(majors.size());
    }
}
