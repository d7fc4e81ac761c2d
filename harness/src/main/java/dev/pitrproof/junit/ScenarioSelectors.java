package dev.pitrproof.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import dev.pitrproof.junit.ScenarioBook.Page;
import dev.pitrproof.junit.TestTree.Defect;
import dev.pitrproof.junit.TestTree.Folder;
import dev.pitrproof.junit.TestTree.MarkerClass;
import dev.pitrproof.junit.TestTree.Playable;
import dev.pitrproof.junit.TestTree.RestoreTest;
import dev.pitrproof.junit.TestTree.Version;
import dev.pitrproof.scenario.Position;
import dev.pitrproof.scenario.Problem;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.UniqueId.Segment;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.discovery.DirectorySelector;
import org.junit.platform.engine.discovery.FileSelector;
import org.junit.platform.engine.discovery.UniqueIdSelector;
import org.junit.platform.engine.support.discovery.SelectorResolver;

/**
 * Turns selectors into nodes of the test tree. Files, directories and classes stand for unique ids, and a unique id
 * says all that its node is made from:
 *
 * <pre>
 * [engine:pitrproof]/[class:org.example.Nightly]/[folder:src/scenarios]/[scenario:drop.yaml]/[postgres:17]/[restore:1]
 * </pre>
 *
 * <p>where the class is there only if a class selected the scenario, and every {@code /} inside a value is encoded.
 */
final class ScenarioSelectors implements SelectorResolver {

    static final String DEFECT = "defect";
    private static final String CLASS = "class";
    private static final String FOLDER = "folder";
    private static final String SCENARIO = "scenario";
    private static final String POSTGRES = "postgres";
    private static final String RESTORE = "restore";

    private final UniqueId engine;
    private final ScenarioBook book;
    private final Predicate<String> classNames;

    ScenarioSelectors(UniqueId engine, ScenarioBook book, Predicate<String> classNames) {
        this.engine = engine;
        this.book = book;
        this.classNames = classNames;
    }

    static boolean isMarked(Class<?> type) {
        return AnnotationSupport.isAnnotated(type, Scenarios.class);
    }

    @Override
    public Resolution resolve(ClassSelector selector, Context context) {
        return classNames.test(selector.getClassName()) ? resolve(selector.getJavaClass(), context) : unresolved();
    }

    private static Resolution unresolved() {
        return Resolution.unresolved();
    }

    @Override
    public Resolution resolve(FileSelector selector, Context context) {
        Path file = selector.getPath();
        if (!ScenarioPaths.isScenario(file)) {
            return unresolved();
        }
        UniqueId id = scenarioId(engine, ScenarioPaths.relative(file));
        return selector.getPosition()
                .flatMap(position -> restoreAt(file, position.getLine()))
                .map(number -> restoreIds(id, file, number))
                .orElseGet(() -> selectors(scenarioIds(engine, ScenarioFiles.of(List.of(file)))));
    }

    /** The restore that the line lies in, if it is one's. */
    private Optional<Integer> restoreAt(Path file, int line) {
        return scenario(ScenarioPaths.relative(file)).flatMap(scenario -> IntStream.rangeClosed(
                        1, scenario.restores().size())
                .filter(number -> scenario.restores().get(number - 1).position().line() <= line)
                .boxed()
                .reduce((earlier, later) -> later));
    }

    private Resolution restoreIds(UniqueId scenarioId, Path file, int number) {
        List<UniqueId> ids = new ArrayList<>();
        scenario(ScenarioPaths.relative(file)).ifPresent(scenario -> {
            for (int major : book.majors(scenario)) {
                ids.add(scenarioId.append(POSTGRES, Integer.toString(major)).append(RESTORE, Integer.toString(number)));
            }
        });
        return selectors(ids);
    }

    @Override
    public Resolution resolve(DirectorySelector selector, Context context) {
        ScenarioFiles found = ScenarioFiles.of(List.of(selector.getPath()));
        // a directory without scenarios may be another engine's
        return found.files().isEmpty() ? unresolved() : selectors(scenarioIds(engine, found));
    }

    @Override
    public Resolution resolve(UniqueIdSelector selector, Context context) {
        UniqueId id = selector.getUniqueId();
        if (!id.hasPrefix(engine) || id.equals(engine)) {
            return unresolved();
        }
        Segment last = id.getLastSegment();
        return switch (last.getType()) {
            case CLASS ->
                ReflectionSupport.tryToLoadClass(last.getValue())
                        .toOptional()
                        .map(type -> resolve(type, context))
                        .orElseGet(Resolution::unresolved);
            case FOLDER -> folder(id, Path.of(last.getValue()), context);
            case SCENARIO -> scenario(id, fileOf(id), context);
            case POSTGRES -> version(id, context);
            case RESTORE -> restore(id, context);
            case DEFECT -> defect(id, Path.of(last.getValue()), context);
            default -> unresolved();
        };
    }

    private Resolution resolve(Class<?> type, Context context) {
        if (!isMarked(type)) {
            return unresolved();
        }
        ScenarioFiles found = filesOf(type);
        return node(
                context.addToParent(parent ->
                        Optional.of(new MarkerClass(parent.getUniqueId().append(CLASS, type.getName()), type))),
                marker -> {
                    List<UniqueId> ids = scenarioIds(marker.getUniqueId(), found).stream()
                            .map(UniqueId::removeLastSegment)
                            .distinct()
                            .collect(Collectors.toCollection(ArrayList::new));
                    for (Problem problem : found.problems()) {
                        String path = ScenarioPaths.inId(problem.position().file());
                        ids.add(marker.getUniqueId().append(DEFECT, path));
                    }
                    return ids;
                });
    }

    private static ScenarioFiles filesOf(Class<?> type) {
        return AnnotationSupport.findAnnotation(type, Scenarios.class)
                .map(marker -> Arrays.stream(marker.value()).map(Path::of).toList())
                .map(paths -> paths.isEmpty()
                        ? new ScenarioFiles(List.of(), List.of(nothingNamed(type)))
                        : ScenarioFiles.of(paths))
                .orElseThrow();
    }

    private static Problem nothingNamed(Class<?> type) {
        return new Problem(
                Position.of(Path.of(type.getName())),
                "@Scenarios names nothing, expected files or directories",
                "@Scenarios(\"src/test/scenarios\")");
    }

    private Resolution folder(UniqueId id, Path folder, Context context) {
        ScenarioFiles found = markerClassOf(id)
                .map(ScenarioSelectors::filesOf)
                .map(all -> new ScenarioFiles(
                        all.files().stream()
                                .filter(file ->
                                        parent(ScenarioPaths.relative(file)).equals(folder))
                                .toList(),
                        List.of()))
                .orElseGet(() -> ScenarioFiles.of(List.of(folder)));
        return found.files().isEmpty()
                ? unresolved()
                : node(
                        context.addToParent(parentOf(id), parent -> Optional.of(new Folder(id, folder))),
                        node -> scenarioIds(id.removeLastSegment(), found));
    }

    private static Optional<Class<?>> markerClassOf(UniqueId id) {
        return id.getSegments().stream()
                .filter(segment -> segment.getType().equals(CLASS))
                .findFirst()
                .flatMap(segment ->
                        ReflectionSupport.tryToLoadClass(segment.getValue()).toOptional());
    }

    private Resolution scenario(UniqueId id, Path file, Context context) {
        Page page = book.read(file);
        if (page instanceof Page.Unusable unusable) {
            Position first = unusable.cause().problems().get(0).position();
            String message = unusable.cause().getMessage();
            return node(
                    context.addToParent(
                            parentOf(id),
                            parent -> Optional.of(new Defect(id, file.toString(), first, String.valueOf(message)))),
                    node -> List.of());
        }
        Scenario scenario = ((Page.Usable) page).scenario();
        return node(
                context.addToParent(parentOf(id), parent -> Optional.of(new Playable(id, scenario))),
                node -> book.majors(scenario).stream()
                        .map(major -> id.append(POSTGRES, Integer.toString(major)))
                        .toList());
    }

    private Resolution version(UniqueId id, Context context) {
        Optional<Scenario> scenario = scenario(fileOf(id));
        Optional<Integer> major = number(id)
                .filter(asked -> scenario.filter(known -> known.postgres().contains(asked))
                        .isPresent());
        return major.isEmpty()
                ? unresolved()
                : node(
                        context.addToParent(
                                parentOf(id),
                                parent -> Optional.of(new Version(id, scenario.orElseThrow(), major.orElseThrow()))),
                        node -> IntStream.rangeClosed(
                                        1, scenario.orElseThrow().restores().size())
                                .mapToObj(number -> id.append(RESTORE, Integer.toString(number)))
                                .toList());
    }

    private Resolution restore(UniqueId id, Context context) {
        List<Restore> restores = scenario(fileOf(id)).map(Scenario::restores).orElse(List.of());
        Optional<Integer> number = number(id).filter(asked -> asked >= 1 && asked <= restores.size());
        return number.isEmpty()
                ? unresolved()
                : node(
                        context.addToParent(
                                parentOf(id),
                                parent -> parent instanceof Version version
                                        ? Optional.of(new RestoreTest(
                                                id, version.scenario(), version.major(), number.orElseThrow()))
                                        : Optional.empty()),
                        node -> List.of());
    }

    private Resolution defect(UniqueId id, Path path, Context context) {
        String problems = markerClassOf(id).map(ScenarioSelectors::filesOf).stream()
                .flatMap(found -> found.problems().stream())
                .filter(problem -> problem.position().file().equals(path))
                .map(Problem::toString)
                .collect(Collectors.joining("\n"));
        return problems.isEmpty()
                ? unresolved()
                : node(
                        context.addToParent(
                                parentOf(id), parent -> Optional.of(new Defect(id, path.toString(), null, problems))),
                        node -> List.of());
    }

    private static Supplier<DiscoverySelector> parentOf(UniqueId id) {
        return () -> selectUniqueId(id.removeLastSegment());
    }

    private List<UniqueId> scenarioIds(UniqueId parent, ScenarioFiles found) {
        return book.selected(found).stream()
                .map(file -> scenarioId(parent, file))
                .toList();
    }

    private static UniqueId scenarioId(UniqueId parent, Path file) {
        return parent.append(FOLDER, ScenarioPaths.inId(parent(file)))
                .append(SCENARIO, String.valueOf(file.getFileName()));
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of(".") : parent;
    }

    /** The file that an id at or below a scenario's names. */
    private static Path fileOf(UniqueId id) {
        Path folder = Path.of("");
        for (Segment segment : id.getSegments()) {
            if (segment.getType().equals(FOLDER)) {
                folder = Path.of(segment.getValue());
            } else if (segment.getType().equals(SCENARIO)) {
                return ScenarioPaths.relative(folder.resolve(segment.getValue()));
            }
        }
        return folder;
    }

    private Optional<Scenario> scenario(Path file) {
        return book.read(file) instanceof Page.Usable page ? Optional.of(page.scenario()) : Optional.empty();
    }

    private static Optional<Integer> number(UniqueId id) {
        String value = id.getLastSegment().getValue();
        return value.matches("[1-9]\\d{0,3}") ? Optional.of(Integer.valueOf(value)) : Optional.empty();
    }

    private static Resolution selectors(List<UniqueId> ids) {
        // the parameters may leave nothing, which the discovery tells once for all selectors
        return ids.isEmpty() ? unresolved() : Resolution.selectors(inOrder(ids));
    }

    private static <T extends TestDescriptor> Resolution node(Optional<T> node, Function<T, List<UniqueId>> children) {
        return node.map(made -> Resolution.match(Match.exact(made, () -> inOrder(children.apply(made)))))
                .orElseGet(Resolution::unresolved);
    }

    private static Set<UniqueIdSelector> inOrder(List<UniqueId> ids) {
        Set<UniqueIdSelector> selectors = new LinkedHashSet<>();
        ids.forEach(id -> selectors.add(selectUniqueId(id)));
        return selectors;
    }
}
