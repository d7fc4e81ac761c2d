package dev.pitrproof.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.restore.FaultySandbox;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The oracle against PostgreSQL itself; {@code bench/oracle-agreement/run} runs all of it, any other build a sample. */
class OracleAgreementTest {

    private static final List<Integer> SAMPLED = List.of(16, 18);
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
                // one that asks for the same is no fault
                .filteredOn(outcome -> !outcome.attempt().target().value().equals("during the backup"))
                .isNotEmpty()
                .noneMatch(Outcome::agrees);
    }

    interface OnMajor {
        Agreement run(int major) throws Exception;
    }

    /** Works on two majors at a time. */
    static List<Agreement> each(List<Integer> majors, OnMajor work) throws Exception {
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
