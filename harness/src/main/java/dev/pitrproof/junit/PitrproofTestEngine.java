package dev.pitrproof.junit;

import org.junit.platform.engine.EngineDiscoveryRequest;
import org.junit.platform.engine.ExecutionRequest;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.config.PrefixedConfigurationParameters;
import org.junit.platform.engine.support.hierarchical.ForkJoinPoolHierarchicalTestExecutorService;
import org.junit.platform.engine.support.hierarchical.HierarchicalTestEngine;
import org.junit.platform.engine.support.hierarchical.HierarchicalTestExecutorService;

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
 *   <li>{@code pitrproof.execution.parallel.enabled}: {@code true} to run scenarios and versions side by side, with the
 *       JUnit Platform's {@code config.strategy} and so on behind {@code pitrproof.execution.parallel.}
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
        return parallel.getBoolean("enabled").orElse(false)
                ? new ForkJoinPoolHierarchicalTestExecutorService(parallel)
                : super.createExecutorService(request);
    }
}
