package dev.pitrproof.junit;

import dev.pitrproof.junit.TestTree.Defect;
import dev.pitrproof.junit.TestTree.Playable;
import dev.pitrproof.scenario.Position;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.platform.engine.EngineDiscoveryRequest;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.discovery.EngineDiscoveryRequestResolver;

/** Makes the test tree of a request. Reads scenario files, and nothing else; it may run more than once. */
final class ScenarioDiscovery {

    private ScenarioDiscovery() {}

    static TestDescriptor discover(EngineDiscoveryRequest request, UniqueId id) {
        TestTree.Engine engine = new TestTree.Engine(id);
        EngineParameters parameters = EngineParameters.of(request.getConfigurationParameters()::get);
        ScenarioBook book = new ScenarioBook(parameters);
        EngineDiscoveryRequestResolver.<TestDescriptor>builder()
                .addClassContainerSelectorResolver(ScenarioSelectors::isMarked)
                .addSelectorResolver(context -> new ScenarioSelectors(id, book, context.getClassNameFilter()))
                .addTestDescriptorVisitor(context -> new NamesakeVisitor()::visit)
                .build()
                .resolve(request, engine);
        if (book.leftEverythingOut() && engine.getChildren().stream().allMatch(child -> isBarren(child))) {
            engine.addChild(new Defect(
                    id.append(ScenarioSelectors.DEFECT, "selection"),
                    "no scenario is selected",
                    null,
                    "error: no scenario is selected, expected one at least\n"
                            + "HINT: loosen pitrproof.tag and pitrproof.postgres"));
        }
        return engine;
    }

    private static boolean isBarren(TestDescriptor descriptor) {
        return !descriptor.isTest() && descriptor.getChildren().stream().allMatch(ScenarioDiscovery::isBarren);
    }

    /**
     * Keeps drills from overwriting each other's evidence, whose directories have the scenarios' names: a file that was
     * reached twice stays where it was reached first, and of two files with one name the second is a defect.
     */
    private static final class NamesakeVisitor {

        private final Map<String, Path> files = new HashMap<>();

        void visit(TestDescriptor descriptor) {
            if (!(descriptor instanceof Playable playable)) {
                return;
            }
            String name = playable.scenario().name();
            Path file = playable.scenario().file();
            Path first = files.putIfAbsent(name, file);
            if (first == null) {
                return;
            }
            TestDescriptor parent = descriptor.getParent().orElseThrow();
            descriptor.removeFromHierarchy();
            if (!first.equals(file)) {
                parent.addChild(new Defect(
                        descriptor.getUniqueId(),
                        descriptor.getDisplayName(),
                        Position.of(file),
                        Position.of(file) + ": error: scenario is named \"" + name + "\" like " + first
                                + ", expected a name of its own\nHINT: rename one of the two"));
            }
        }
    }
}
