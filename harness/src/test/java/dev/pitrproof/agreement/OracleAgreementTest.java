package dev.pitrproof.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.restore.FaultySandbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The oracle against PostgreSQL itself; {@code bench/oracle-agreement/run} runs all of it, any other build a sample. */
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

    /** Else agreement would say nothing. */
    @Test
    void aServerThatIsGivenAnotherTargetDisagrees() throws Exception {
        Agreement agreement = Agreement.sample(17, 1, SAMPLE + 3, sandbox -> {
            FaultySandbox faulty = new FaultySandbox(sandbox);
            for (int i = 1; i <= SAMPLE + 3; i++) {
                faulty.before("try-" + i, (data, settings) -> {
                    settings.keySet().removeIf(name -> name.matches("recovery_target(_time|_xid|_lsn|_name)?"));
                    settings.put("recovery_target_name", "during the backup");
                });
            }
            return faulty;
        });

        assertThat(agreement.outcomes()).hasSize(SAMPLE + 3);
        assertThat(agreement.outcomes())
                .filteredOn(outcome -> !outcome.expected().contains("before consistent"))
                .isNotEmpty()
                .noneMatch(Outcome::agrees);
    }

    @Test
    @EnabledIfSystemProperty(named = "agreement.result", matches = ".+", disabledReason = "minutes: for bench/")
    void bothStopAtTheSameRecordOnEveryTarget() throws Exception {
        long seed = Long.getLong("agreement.seed", 1);
        List<Integer> majors = Stream.of(
                        System.getProperty("agreement.majors", "14,15,16,17,18").split(",", -1))
                .map(Integer::valueOf)
                .toList();
        int targets = Integer.getInteger("agreement.targets", 220);
        Path result = Path.of(System.getProperty("agreement.result"));
        List<Agreement> done = new ArrayList<>();
        List<Agreement> agreements = each(majors, major -> {
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
