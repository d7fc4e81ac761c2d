package dev.pitrproof;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The arrows between packages, and the other rules of the house that a program can check. */
@AnalyzeClasses(packages = "dev.pitrproof", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {

    private static final int LINES_MAX = 400;

    /** What each package may use of the program, besides itself. A package that is not here is a decision to be made. */
    private static final Map<String, Set<String>> MAY_USE = mayUse();

    private static Map<String, Set<String>> mayUse() {
        Map<String, Set<String>> arrows = new java.util.LinkedHashMap<>();
        arrows.put("wal", Set.of());
        arrows.put("proof", Set.of("wal", "evidence"));
        arrows.put("compression", Set.of());
        arrows.put("archive", Set.of("wal", "compression"));
        arrows.put("s3", Set.of("archive"));
        arrows.put("replication", Set.of("wal", "compression"));
        arrows.put("backup", Set.of("wal", "replication", "compression"));
        arrows.put("sandbox", Set.of("wal", "replication"));
        Set<String> below = Set.of("wal", "compression", "archive", "replication", "backup", "sandbox");
        arrows.put("workload", with(below, "proof", "evidence"));
        arrows.put("fault", with(below, "proof", "evidence"));
        arrows.put("restore", with(below, "proof", "evidence"));
        arrows.put("impact", Set.of("wal", "replication", "backup", "evidence"));
        arrows.put("scenario", with(below, "proof", "evidence", "workload", "fault", "restore"));
        arrows.put("drill", with(arrows.get("scenario"), "scenario", "impact"));
        for (String top : List.of("find", "lab", "junit", "cli")) {
            arrows.put(top, with(arrows.get("drill"), "drill", "reports"));
        }
        // the program's commands open what the others offer
        arrows.put("cli", with(arrows.get("cli"), "find", "lab", "s3"));
        arrows.put("evidence", Set.of());
        arrows.put("prose", Set.of("evidence"));
        arrows.put("ci", Set.of("evidence", "prose", "html"));
        arrows.put("html", Set.of("evidence", "prose"));
        arrows.put("allure", Set.of("evidence", "prose", "html"));
        arrows.put("reports", Set.of("evidence", "ci", "html", "allure"));
        return arrows;
    }

    private static Set<String> with(Set<String> some, String... more) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(List.of(more));
        return all;
    }

    private static String packageOf(JavaClass type) {
        String name = type.getPackageName();
        return name.equals("dev.pitrproof")
                ? ""
                : name.substring("dev.pitrproof.".length()).split("\\.", 2)[0];
    }

    @ArchTest
    static final ArchRule importsGoOneWay = classes().should(new ArchCondition<>("only use what lies below them") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
            String from = packageOf(type);
            Set<String> allowed = MAY_USE.get(from);
            if (allowed == null) {
                events.add(SimpleConditionEvent.violated(type, type.getName() + " is in a package without arrows"));
                return;
            }
            type.getDirectDependenciesFromSelf().stream()
                    .filter(dependency ->
                            dependency.getTargetClass().getPackageName().startsWith("dev.pitrproof"))
                    .filter(dependency -> {
                        String to = packageOf(dependency.getTargetClass());
                        return !to.equals(from) && !allowed.contains(to);
                    })
                    .forEach(
                            dependency -> events.add(SimpleConditionEvent.violated(type, dependency.getDescription())));
        }
    });

    @ArchTest
    static final ArchRule noPackagesInACircle =
            slices().matching("dev.pitrproof.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule walAndProofArePure = noClasses()
            .that()
            .resideInAnyPackage("dev.pitrproof.wal..", "dev.pitrproof.proof..")
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("java.nio.file..", "java.net..", "java.sql..", "java.nio.channels..")
                            .or(describe(
                                    "are of java.io, but for its exceptions",
                                    type -> type.getPackageName().equals("java.io")
                                            && !type.isAssignableTo(IOException.class)
                                            && !type.isEquivalentTo(java.io.Serializable.class))));

    @ArchTest
    static final ArchRule onlyTheSandboxKnowsTestcontainers = noClasses()
            .that()
            .resideOutsideOfPackage("dev.pitrproof.sandbox..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.testcontainers..", "com.github.dockerjava..");

    private static final DescribedPredicate<JavaClass> A_DRAWER = describe(
            "are drawers",
            type -> Pattern.compile("(?i)(utils?|commons?|impl|helpers?|managers?)$")
                            .matcher(type.getSimpleName())
                            .find()
                    || Stream.of(type.getPackageName().split("\\."))
                            .anyMatch(part -> Set.of("util", "utils", "common", "impl", "helper", "helpers", "manager")
                                    .contains(part.toLowerCase(Locale.ROOT))));

    @ArchTest
    static final ArchRule noDrawers = noClasses().should(be(A_DRAWER));

    @ArchTest
    static final ArchRule nothingSleepsOrPrintsStackTraces = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .orShould()
            .callMethodWhere(describe(
                    "print a stack trace",
                    call -> call.getTarget().getName().equals("printStackTrace")
                            && call.getTargetOwner().isAssignableTo(Throwable.class)))
            .orShould()
            .callMethodWhere(describe(
                    "sleep in another unit",
                    call -> call.getTarget().getName().equals("sleep")
                            && call.getTargetOwner().isEquivalentTo(java.util.concurrent.TimeUnit.class)));

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes()
            .that(describe("are not generated", type -> !type.getPackageName().endsWith(".templates")))
            .and(simpleName("package-info").negate())
            .should(new ArchCondition<>("be in a package with @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                        events.add(SimpleConditionEvent.violated(
                                type, type.getPackageName() + " has no package-info.java with @NullMarked"));
                    }
                }
            });

    @Test
    void noSourceFileIsTooLong() throws IOException {
        Path root = Path.of("..").toAbsolutePath().normalize();
        List<String> tooLong = new ArrayList<>();
        int files = 0;
        for (String module : List.of("reports", "harness", "scenarios")) {
            Path sources = root.resolve(module).resolve("src");
            if (!Files.isDirectory(sources)) {
                continue;
            }
            try (Stream<Path> all = Files.walk(sources)) {
                for (Path file :
                        all.filter(path -> path.toString().endsWith(".java")).toList()) {
                    files++;
                    long lines = Files.readAllLines(file).size();
                    if (lines > LINES_MAX) {
                        tooLong.add(root.relativize(file) + " has " + lines + " lines");
                    }
                }
            }
        }

        assertThat(files).as("source files below " + root).isGreaterThan(100);
        assertThat(tooLong).as("files of more than " + LINES_MAX + " lines").isEmpty();
    }
}
