package dev.pitrproof.junit;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.scenario.Expect;
import dev.pitrproof.scenario.Position;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.RestoreTarget;
import dev.pitrproof.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.DirectorySource;
import org.junit.platform.engine.support.descriptor.EngineDescriptor;
import org.junit.platform.engine.support.descriptor.FilePosition;
import org.junit.platform.engine.support.descriptor.FileSource;
import org.junit.platform.engine.support.hierarchical.Node;

/**
 * The nodes of the test tree: engine, marker class (where one selected the scenario), folder, scenario, version,
 * restore.
 */
abstract sealed class TestTree extends AbstractTestDescriptor implements Node<DrillExecution> {

    private TestTree(UniqueId id, String displayName, @Nullable TestSource source) {
        super(id, displayName, source);
    }

    @Override
    public Type getType() {
        return Type.CONTAINER;
    }

    /** The top of the tree. When all tests are over, it renders their reports. */
    static final class Engine extends EngineDescriptor implements Node<DrillExecution> {

        Engine(UniqueId id) {
            super(id, "pitrproof");
        }

        @Override
        public void after(DrillExecution execution) throws IOException {
            execution.writeReports();
        }
    }

    /** A class with {@link Scenarios}. */
    static final class MarkerClass extends TestTree {

        private final String className;

        MarkerClass(UniqueId id, Class<?> type) {
            super(id, type.getSimpleName(), ClassSource.from(type));
            this.className = type.getName();
        }

        @Override
        public String getLegacyReportingName() {
            return className;
        }
    }

    /** A directory with scenarios. */
    static final class Folder extends TestTree {
        Folder(UniqueId id, Path folder) {
            super(id, folder.toString().isEmpty() ? "." : folder.toString(), DirectorySource.from(folder.toFile()));
        }
    }

    /** A scenario that can be played. */
    static final class Playable extends TestTree {

        private final Scenario scenario;

        Playable(UniqueId id, Scenario scenario) {
            super(id, scenario.name(), FileSource.from(scenario.file().toFile()));
            this.scenario = scenario;
        }

        Scenario scenario() {
            return scenario;
        }

        @Override
        public Set<TestTag> getTags() {
            return scenario.tags().stream().map(TestTag::create).collect(Collectors.toUnmodifiableSet());
        }
    }

    /** A scenario on one PostgreSQL version, whose story is played here, once for all restores below. */
    static final class Version extends TestTree {

        private final Scenario scenario;
        private final int major;

        Version(UniqueId id, Scenario scenario, int major) {
            super(id, "PostgreSQL " + major, FileSource.from(scenario.file().toFile()));
            this.scenario = scenario;
            this.major = major;
        }

        Scenario scenario() {
            return scenario;
        }

        int major() {
            return major;
        }

        @Override
        public DrillExecution before(DrillExecution execution) {
            return execution.play(scenario, major);
        }

        @Override
        public void after(DrillExecution execution) {
            execution.closeStory();
        }
    }

    /** One restore of a story: the test. */
    static final class RestoreTest extends TestTree {

        private final Restore restore;
        private final int number;

        /** @param number the restore's place in the scenario, from 1 */
        RestoreTest(UniqueId id, Scenario scenario, int major, int number) {
            this(id, scenario, major, number, scenario.restores().get(number - 1));
        }

        private RestoreTest(UniqueId id, Scenario scenario, int major, int number, Restore restore) {
            super(id, name(scenario, restore, number, major), source(restore.position()));
            this.restore = restore;
            this.number = number;
        }

        /** {@code dropped-table: nightly to 13:59 on PostgreSQL 17}. */
        private static String name(Scenario scenario, Restore restore, int number, int major) {
            String name = inWords(scenario, restore);
            long namesakes = scenario.restores().subList(0, number - 1).stream()
                    .filter(other -> inWords(scenario, other).equals(name))
                    .count();
            return name + (namesakes == 0 ? "" : " (" + (namesakes + 1) + ")") + " on PostgreSQL " + major;
        }

        private static String inWords(Scenario scenario, Restore restore) {
            RestoreTarget to = restore.to();
            Expect expect = restore.expect();
            return scenario.name() + ": " + restore.from() + " to " + (to.inclusive() ? "" : "just before ")
                    + to.inWords()
                    + (expect.isProven() ? "" : ", which must be " + expect);
        }

        @Override
        public Type getType() {
            return Type.TEST;
        }

        /** Restores of one story follow each other: they share its sandbox. */
        @Override
        public ExecutionMode getExecutionMode() {
            return ExecutionMode.SAME_THREAD;
        }

        @Override
        public DrillExecution execute(DrillExecution execution, DynamicTestExecutor dynamic) throws Exception {
            Evidence drill = execution.restore(this, number);
            UnexpectedEnd.check(drill, getDisplayName(), restore.position().toString(), execution.evidenceFile(drill));
            return execution;
        }
    }

    /** What was asked for and cannot be played: a test that fails, for what is not checked must not look green. */
    static final class Defect extends TestTree {

        private final String message;

        /** @param message what is wrong, each mistake with its {@code file:line:column} */
        Defect(UniqueId id, String displayName, @Nullable Position position, String message) {
            super(id, displayName, position == null ? null : source(position));
            this.message = message;
        }

        @Override
        public Type getType() {
            return Type.TEST;
        }

        @Override
        public DrillExecution execute(DrillExecution execution, DynamicTestExecutor dynamic)
                throws UnusableScenarioException {
            throw new UnusableScenarioException(message);
        }
    }

    private static FileSource source(Position position) {
        return position.line() == 0
                ? FileSource.from(position.file().toFile())
                : FileSource.from(
                        position.file().toFile(), FilePosition.from(position.line(), Math.max(1, position.column())));
    }
}
