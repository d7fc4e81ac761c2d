package dev.pitrproof.junit;

import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;
import org.junit.platform.engine.EngineDiscoveryRequest;
import org.junit.platform.engine.ExecutionRequest;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.config.PrefixedConfigurationParameters;
import org.junit.platform.engine.support.hierarchical.ForkJoinPoolHierarchicalTestExecutorService;
import org.junit.platform.engine.support.hierarchical.HierarchicalTestEngine;
import org.junit.platform.engine.support.hierarchical.HierarchicalTestExecutorService;
import org.junit.platform.engine.support.hierarchical.ParallelExecutionConfiguration;

/**
 * Runs scenarios on the JUnit Platform: each is played once on each PostgreSQL version, and each of its restores is a
 * test.
 *
 * <p>Scenarios are selected by file, by directory, by unique id, and by classes with {@link Scenarios}. A restore that
 * ends as its scenario expects passes; one that is refuted, or proven against the expectation, fails; one that proves
 * nothing ends in an error. None is ever skipped.
 *
 * <p>Configuration parameters:
 *
 * <ul>
 *   <li>{@code pitrproof.postgres}: major versions, separated by commas (default: the newest that a scenario is for)
 *   <li>{@code pitrproof.tag}: only scenarios with one of these tags, separated by commas
 *   <li>{@code pitrproof.sandbox}: {@code auto} (default) or {@code process}
 *   <li>{@code pitrproof.pg-bin}: the directory of PostgreSQL's programs, for the process sandbox
 *   <li>{@code pitrproof.output}: where evidence and reports go (default: {@code target/pitrproof})
 *   <li>{@code pitrproof.seed}: where the workload's choices come from (default: 1)
 *   <li>{@code pitrproof.jobs}: how many stories are played at a time, each a scenario on one version (default: 1)
 *   <li>{@code pitrproof.execution.parallel.enabled}: {@code true} instead to leave their number to the JUnit Platform, with
 *       its {@code config.strategy} and so on behind {@code pitrproof.execution.parallel.}
 * </ul>
 */
public final class PitrproofTestEngine extends HierarchicalTestEngine<DrillExecution> {

    /** The engine's id, for filters such as {@code --include-engine}. */
    public static final String ID = "pitrproof";

    private static final String PARALLEL = "pitrproof.execution.parallel.";

    @Override
    public String getId() {
        return ID;
    }

    /** Reads scenario files and starts nothing. */
    @Override
    public TestDescriptor discover(EngineDiscoveryRequest request, UniqueId uniqueId) {
        return ScenarioDiscovery.discover(request, uniqueId);
    }

    @Override
    protected DrillExecution createExecutionContext(ExecutionRequest request) {
        return DrillExecution.of(request);
    }

    @Override
    protected HierarchicalTestExecutorService createExecutorService(ExecutionRequest request) {
        var parallel = new PrefixedConfigurationParameters(request.getConfigurationParameters(), PARALLEL);
        if (parallel.getBoolean("enabled").orElse(false)) {
            return new ForkJoinPoolHierarchicalTestExecutorService(parallel);
        }
        int jobs = EngineParameters.jobs(request.getConfigurationParameters()::get);
        return jobs > 1
                ? new ForkJoinPoolHierarchicalTestExecutorService(new Jobs(jobs))
                : super.createExecutorService(request);
    }

    /** So many threads, and never another one. */
    private record Jobs(int getParallelism) implements ParallelExecutionConfiguration {

        private static final int KEEP_ALIVE_SECONDS = 30;

        @Override
        public int getMinimumRunnable() {
            return getParallelism;
        }

        @Override
        public int getMaxPoolSize() {
            return getParallelism;
        }

        @Override
        public int getCorePoolSize() {
            return getParallelism;
        }

        @Override
        public int getKeepAliveSeconds() {
            return KEEP_ALIVE_SECONDS;
        }

        @Override
        public Predicate<? super ForkJoinPool> getSaturatePredicate() {
            return pool -> true;
        }
    }
}
