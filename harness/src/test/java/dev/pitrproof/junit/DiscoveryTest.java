package dev.pitrproof.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectDirectory;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectFile;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import dev.pitrproof.junit.sample.CatalogueScenarios;
import dev.pitrproof.junit.sample.LostScenarios;
import dev.pitrproof.junit.sample.UnmarkedClass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.discovery.FilePosition;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.FileSource;
import org.junit.platform.testkit.engine.EngineTestKit;

class DiscoveryTest {

    private static final String DROPPED_TABLE = "../scenarios/dropped-table.yaml";
    private static final UniqueId ENGINE = UniqueId.forEngine("pitrproof");
    private static final UniqueId DROPPED_TABLE_ID =
            ENGINE.append("folder", "../scenarios").append("scenario", "dropped-table.yaml");

    private final Path directory;

    DiscoveryTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void aFileBecomesFolderScenarioVersionAndARestoreEach() {
        TestDescriptor engine = discover("15,17", selectFile(DROPPED_TABLE));

        assertThat(outline(engine))
                .containsExactly(
                        "pitrproof",
                        " ../scenarios",
                        "  dropped-table",
                        "   PostgreSQL 15",
                        "    dropped-table: nightly to 13:59 on PostgreSQL 15",
                        "    dropped-table: nightly to 14:01, which must be REFUTED DATA_DIFFERS on PostgreSQL 15",
                        "   PostgreSQL 17",
                        "    dropped-table: nightly to 13:59 on PostgreSQL 17",
                        "    dropped-table: nightly to 14:01, which must be REFUTED DATA_DIFFERS on PostgreSQL 17");
        assertThat(leaves(engine)).allMatch(TestDescriptor::isTest);
    }

    @Test
    void uniqueIdsConsistOfRelativePathsAndNames() {
        List<UniqueId> ids = leaves(discover("17", selectFile(DROPPED_TABLE))).stream()
                .map(TestDescriptor::getUniqueId)
                .toList();

        UniqueId version = DROPPED_TABLE_ID.append("postgres", "17");
        assertThat(ids).containsExactly(version.append("restore", "1"), version.append("restore", "2"));
        assertThat(ids.get(0))
                .hasToString("[engine:pitrproof]/[folder:..%2Fscenarios]/[scenario:dropped-table.yaml]"
                        + "/[postgres:17]/[restore:1]");
    }

    @Test
    void discoveryGivesTheSameEachTime() {
        assertThat(outline(discover("17", selectDirectory("../scenarios"))))
                .isEqualTo(outline(discover("17", selectDirectory("../scenarios"))));
    }

    @Test
    void withoutAVersionTheNewestOfTheScenarioIsTaken() {
        assertThat(outline(EngineTestKit.engine("pitrproof")
                        .selectors(selectFile(DROPPED_TABLE))
                        .discover()
                        .getEngineDescriptor()))
                .contains("   PostgreSQL 18")
                .doesNotContain("   PostgreSQL 17");
    }

    @Test
    void aRestoresSourceIsItsLineInTheScenario() {
        TestDescriptor restore =
                leaves(discover("17", selectFile(DROPPED_TABLE))).get(0);

        assertThat(restore.getSource().orElseThrow()).isInstanceOfSatisfying(FileSource.class, source -> {
            assertThat(source.getFile()).hasName("dropped-table.yaml");
            assertThat(source.getPosition().orElseThrow().getLine()).isEqualTo(22);
            assertThat(source.getPosition().orElseThrow().getColumn()).contains(5);
        });
    }

    @Test
    void aScenariosTagsAreItsTestsTags() {
        TestDescriptor scenario = find(discover("17", selectFile(DROPPED_TABLE)), DROPPED_TABLE_ID);

        assertThat(scenario.getTags()).containsExactlyInAnyOrder(TestTag.create("pitr"), TestTag.create("smoke"));
    }

    @Test
    void aDirectoryStandsForItsScenariosInTheOrderOfTheirNames() {
        assertThat(outline(discover("17", selectDirectory("../scenarios"))))
                .containsSubsequence("  bad-update", "  dropped-table", "  missing-wal");
    }

    @Test
    void aMarkedClassStandsForWhatItNames() {
        TestDescriptor engine = discover("17", selectClass(CatalogueScenarios.class));

        assertThat(outline(engine))
                .startsWith("pitrproof", " CatalogueScenarios", "  ../scenarios")
                .containsSubsequence("   bad-update", "   dropped-table");
        assertThat(engine.getChildren().iterator().next().getSource())
                .contains(ClassSource.from(CatalogueScenarios.class));
    }

    @Test
    void aPackageStandsForItsMarkedClasses() {
        assertThat(outline(discover("17", selectPackage("dev.pitrproof.junit.sample"))))
                .contains(" CatalogueScenarios", " LostScenarios")
                .noneMatch(line -> line.contains("UnmarkedClass"));
    }

    @Test
    void aClassWithoutTheMarkerIsNotOurs() {
        assertThat(outline(discover("17", selectClass(UnmarkedClass.class)))).containsExactly("pitrproof");
    }

    @Test
    void aUniqueIdSelectsOneRestoreOnly() {
        UniqueId second = DROPPED_TABLE_ID.append("postgres", "17").append("restore", "2");

        TestDescriptor engine = discover("18", selectUniqueId(second));

        assertThat(leaves(engine)).extracting(TestDescriptor::getUniqueId).containsExactly(second);
    }

    @Test
    void everyIdThatIsFoundCanBeSelected() {
        TestDescriptor engine = discover("17", selectClass(LostScenarios.class));
        List<TestDescriptor> all = new ArrayList<>(engine.getDescendants());

        assertThat(all).hasSizeGreaterThan(5).allSatisfy(descriptor -> assertThat(outline(
                        find(discover("17", selectUniqueId(descriptor.getUniqueId())), descriptor.getUniqueId())))
                .isEqualTo(outline(descriptor)));
    }

    @Test
    void aLineOfARestoreSelectsThatRestore() {
        TestDescriptor engine = discover("17", selectFile(DROPPED_TABLE, FilePosition.from(31)));

        assertThat(leaves(engine))
                .extracting(TestDescriptor::getUniqueId)
                .containsExactly(DROPPED_TABLE_ID.append("postgres", "17").append("restore", "2"));
    }

    @Test
    void anInvalidScenarioIsATestOfItsOwn() throws IOException {
        Path file = ShortScenario.writeInvalid(directory, "invalid");

        TestDescriptor defect =
                leaves(discover("17", selectDirectory(directory.toFile()))).get(0);

        assertThat(defect.isTest()).isTrue();
        assertThat(defect.getDisplayName()).endsWith("invalid.yaml");
        assertThat(((FileSource) defect.getSource().orElseThrow()).getFile()).isEqualTo(file.toFile());
        assertThat(((FileSource) defect.getSource().orElseThrow()).getPosition())
                .isPresent();
    }

    @Test
    void aPathThatAMarkedClassNamesInVainIsATestOfItsOwn() {
        assertThat(leaves(discover("17", selectClass(LostScenarios.class))))
                .extracting(TestDescriptor::getDisplayName)
                .hasSize(3)
                .contains("no/such/directory");
    }

    @Test
    void ofTwoScenariosWithOneNameTheSecondIsADefect() throws IOException {
        ShortScenario.write(directory.resolve("a"), "twice");
        ShortScenario.write(directory.resolve("b"), "twice");

        TestDescriptor engine = discover(
                "17",
                selectDirectory(directory.resolve("a").toFile()),
                selectDirectory(directory.resolve("b").toFile()));

        assertThat(leaves(engine)).hasSize(5);
        assertThat(leaves(engine).get(4)).isInstanceOf(TestTree.Defect.class);
    }

    @Test
    void aFileThatIsReachedTwiceIsPlayedOnce() {
        TestDescriptor engine = discover("17", selectFile(DROPPED_TABLE), selectClass(CatalogueScenarios.class));

        assertThat(leaves(engine).stream()
                        .filter(leaf -> leaf.getDisplayName().startsWith("dropped-table: nightly to 13:59")))
                .hasSize(1);
    }

    @Test
    void parametersThatLeaveNothingMakeAFailingTest() {
        TestDescriptor engine = EngineTestKit.engine("pitrproof")
                .selectors(selectClass(CatalogueScenarios.class))
                .configurationParameter("pitrproof.tag", "no-such-tag")
                .discover()
                .getEngineDescriptor();

        assertThat(leaves(engine))
                .extracting(TestDescriptor::getDisplayName)
                .containsExactly("no scenario is selected");
    }

    @Test
    void tagsSelectScenarios() {
        TestDescriptor engine = EngineTestKit.engine("pitrproof")
                .selectors(selectDirectory("../scenarios"))
                .configurationParameter("pitrproof.tag", "smoke, no-such-tag")
                .discover()
                .getEngineDescriptor();

        assertThat(outline(engine)).contains("  dropped-table").doesNotContain("  bad-update");
    }

    @Test
    void aVersionThatIsNotSupportedIsRefused() {
        assertThatThrownBy(() -> discover("9", selectFile(DROPPED_TABLE)))
                .rootCause()
                .hasMessage("configuration parameter pitrproof.postgres is \"9\", expected major versions, 14-18");
    }

    @Test
    void filesOfOtherEnginesAreLeftAlone() {
        assertThat(outline(discover("17", selectFile("pom.xml"), selectDirectory("src"))))
                .containsExactly("pitrproof");
    }

    private static TestDescriptor discover(String majors, DiscoverySelector... selectors) {
        return EngineTestKit.engine("pitrproof")
                .selectors(selectors)
                .configurationParameter("pitrproof.postgres", majors)
                .configurationParameter("pitrproof.pg-bin", "/no/such/directory")
                .discover()
                .getEngineDescriptor();
    }

    private static TestDescriptor find(TestDescriptor engine, UniqueId id) {
        return engine.findByUniqueId(id).map(found -> (TestDescriptor) found).orElseThrow();
    }

    private static List<TestDescriptor> leaves(TestDescriptor engine) {
        return engine.getDescendants().stream()
                .filter(descriptor -> descriptor.getChildren().isEmpty())
                .map(descriptor -> (TestDescriptor) descriptor)
                .toList();
    }

    private static List<String> outline(TestDescriptor descriptor) {
        List<String> lines = new ArrayList<>();
        addTo(lines, descriptor, "");
        return lines;
    }

    private static void addTo(List<String> lines, TestDescriptor descriptor, String indentation) {
        lines.add(indentation + descriptor.getDisplayName());
        descriptor.getChildren().forEach(child -> addTo(lines, child, indentation + " "));
    }
}
