package dev.pitrproof.junit;

import dev.pitrproof.drill.DrillOptions;
import dev.pitrproof.drill.SandboxOpener;
import dev.pitrproof.sandbox.SandboxChoice;
import dev.pitrproof.scenario.MajorRange;
import dev.pitrproof.scenario.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.junit.platform.commons.JUnitException;

/**
 * What the configuration parameters {@code pitrproof.*} ask for.
 *
 * @param majors PostgreSQL versions; empty for the newest of each scenario
 * @param tags scenarios need one of these; empty for all scenarios
 * @param sandbox where clusters live
 * @param output where evidence and reports go
 */
record EngineParameters(List<Integer> majors, List<String> tags, SandboxChoice sandbox, Path output, long seed) {

    private static final String POSTGRES = "pitrproof.postgres";
    private static final String SANDBOX = "pitrproof.sandbox";
    private static final String SEED = "pitrproof.seed";
    private static final String JOBS = "pitrproof.jobs";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /**
     * Reads them.
     *
     * @param parameters finds a configuration parameter by its name
     * @throws JUnitException if a value is not one of those expected: a typo must not change what is proved
     */
    static EngineParameters of(Function<String, Optional<String>> parameters) {
        return new EngineParameters(
                list(parameters, POSTGRES).stream().map(EngineParameters::major).toList(),
                list(parameters, "pitrproof.tag"),
                sandbox(parameters),
                Path.of(text(parameters, "pitrproof.output").orElse("target/pitrproof")),
                text(parameters, SEED).map(EngineParameters::seed).orElse(1L));
    }

    /** How many stories are played at a time. */
    static int jobs(Function<String, Optional<String>> parameters) {
        String value = text(parameters, JOBS).orElse("1");
        try {
            int jobs = Integer.parseInt(value);
            if (jobs > 0) {
                return jobs;
            }
        } catch (NumberFormatException e) {
            throw unexpected(JOBS, value, "a number, at least 1");
        }
        throw unexpected(JOBS, value, "a number, at least 1");
    }

    private static SandboxChoice sandbox(Function<String, Optional<String>> parameters) {
        String kind = text(parameters, SANDBOX).orElse("auto");
        SandboxChoice choice = new SandboxChoice(
                Arrays.stream(SandboxChoice.Kind.values())
                        .filter(known -> known.name().toLowerCase(Locale.ROOT).equals(kind))
                        .findFirst()
                        .orElseThrow(() -> unexpected(SANDBOX, kind, "auto, container or process")),
                text(parameters, "pitrproof.pg-bin").map(Path::of).orElse(null),
                text(parameters, "pitrproof.image").orElse(null),
                false);
        choice.contradiction().ifPresent(found -> {
            throw new JUnitException("configuration parameter pitrproof." + found.option() + " " + found.why());
        });
        return choice;
    }

    private static Optional<String> text(Function<String, Optional<String>> parameters, String name) {
        return parameters.apply(name).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static List<String> list(Function<String, Optional<String>> parameters, String name) {
        return text(parameters, name).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(String::strip)
                .distinct()
                .toList();
    }

    private static int major(String value) {
        try {
            int major = Integer.parseInt(value);
            if (MajorRange.SUPPORTED.contains(major)) {
                return major;
            }
        } catch (NumberFormatException e) {
            throw unexpected(POSTGRES, value, "major versions, " + MajorRange.SUPPORTED);
        }
        throw unexpected(POSTGRES, value, "major versions, " + MajorRange.SUPPORTED);
    }

    private static long seed(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw unexpected(SEED, value, "a whole number");
        }
    }

    private static JUnitException unexpected(String name, String found, String expected) {
        return new JUnitException("configuration parameter " + name + " is \"" + found + "\", expected " + expected);
    }

    boolean selects(Scenario scenario) {
        return tags.isEmpty() || scenario.tags().stream().anyMatch(tags::contains);
    }

    /** The versions to run a scenario on; none if it is for none of those asked for. */
    List<Integer> majors(Scenario scenario) {
        Optional<Integer> able = majors.isEmpty() && scenario.needsClients()
                ? sandbox.newestWithClients(scenario.postgres()::contains)
                : Optional.empty();
        return majors.isEmpty()
                ? List.of(able.orElse(scenario.postgres().last()))
                : majors.stream().filter(scenario.postgres()::contains).toList();
    }

    DrillOptions options(int major) {
        return new DrillOptions(major, output, seed, "JUnit", PATIENCE);
    }

    /** The version for a test that names none: the first of those asked for, or the newest. */
    int major() {
        return majors.isEmpty() ? MajorRange.SUPPORTED.last() : majors.get(0);
    }

    SandboxOpener sandboxes() {
        return major -> sandbox.open(major, message -> {});
    }
}
