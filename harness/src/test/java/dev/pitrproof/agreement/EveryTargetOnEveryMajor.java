package dev.pitrproof.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code bench/oracle-agreement/run} runs, which takes minutes; a build runs a sample only. */
class EveryTargetOnEveryMajor {

    @Test
    void bothStopAtTheSameRecordOnEveryTarget() throws Exception {
        long seed = Long.getLong("agreement.seed", 1);
        List<Integer> majors = Stream.of(
                        System.getProperty("agreement.majors", "14,15,16,17,18").split(",", -1))
                .map(Integer::valueOf)
                .toList();
        int targets = Integer.getInteger("agreement.targets", 220);
        Path result = Path.of(System.getProperty("agreement.result"));
        List<Agreement> done = new ArrayList<>();
        List<Agreement> agreements = OracleAgreementTest.each(majors, major -> {
            Agreement agreement = Agreement.full(major, seed, targets);
            synchronized (done) { // what came out so far stays, whatever becomes of the rest
                done.add(agreement);
                done.sort(Comparator.comparing(Agreement::major));
                AgreementReport.write(result, done);
            }
            return agreement;
        });
        assertThat(agreements).allSatisfy(agreement -> assertThat(agreement.outcomes())
                .as("PostgreSQL " + agreement.version())
                .hasSizeGreaterThanOrEqualTo(targets)
                .allMatch(Outcome::agrees));
    }
}
