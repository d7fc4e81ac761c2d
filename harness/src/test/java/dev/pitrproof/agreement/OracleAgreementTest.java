package dev.pitrproof.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The oracle against PostgreSQL itself; {@code bench/oracle-agreement} runs all of it, any other build a sample. */
class OracleAgreementTest {

    private static final List<Integer> SAMPLED = List.of(14, 18);
    private static final int SAMPLE = 6;
    private static final int AT_ONCE = 2;

    @Test
    void bothStopAtTheSameRecord() throws Exception {
        long seed = Long.getLong("agreement.seed", 1);
        for (Agreement agreement : each(SAMPLED, major -> Agreement.sample(major, seed, SAMPLE))) {
            assertThat(agreement.outcomes()).hasSize(SAMPLE);
            assertThat(agreement.outcomes())
                    .as("PostgreSQL " + agreement.version() + ", seed " + seed)
                    .allMatch(Outcome::agrees);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "agreement.result", matches = ".+", disabledReason = "minutes: for bench/")
    void bothStopAtTheSameRecordOnEveryTarget() throws Exception {
        long seed = Long.getLong("agreement.seed", 1);
        List<Integer> majors = Stream.of(
                        System.getProperty("agreement.majors", "14,15,16,17,18").split(","))
                .map(Integer::valueOf)
                .toList();
        int targets = Integer.getInteger("agreement.targets", 220);
        List<Agreement> agreements = each(majors, major -> Agreement.full(major, seed, targets));
        AgreementReport.write(Path.of(System.getProperty("agreement.result")), agreements);
        assertThat(agreements).allSatisfy(agreement -> assertThat(agreement.outcomes())
                .as("PostgreSQL " + agreement.version())
                .allMatch(Outcome::agrees));
    }

    private interface OnMajor {
        Agreement run(int major) throws Exception;
    }

    private static List<Agreement> each(List<Integer> majors, OnMajor work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Callable<Agreement>> all = majors.stream()
                    .<Callable<Agreement>>map(major -> () -> work.run(major))
                    .toList();
            List<Agreement> results = new ArrayList<>();
            for (Future<Agreement> done : pool.invokeAll(all)) {
                results.add(done.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
