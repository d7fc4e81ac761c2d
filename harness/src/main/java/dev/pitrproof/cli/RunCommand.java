package dev.pitrproof.cli;

import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.drill.DrillOptions;
import dev.pitrproof.drill.DrillRunner;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.reports.Reports;
import dev.pitrproof.scenario.InvalidScenario;
import dev.pitrproof.scenario.MajorRange;
import dev.pitrproof.scenario.Problem;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioFiles;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs scenarios. */
@Command(
        name = "run",
        description = "Run scenarios: back up, break, restore, prove.",
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class RunCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE or DIR", description = "scenario files, or directories of them (default: scenarios)")
    private List<Path> files = new ArrayList<>();

    @Mixin
    private SandboxOptions sandbox = new SandboxOptions();

    @Option(names = "--tag", paramLabel = "TAG", description = "only scenarios with one of these tags")
    private List<String> tags = new ArrayList<>();

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            converter = Shard.Converter.class,
            description = "only the I-th of N parts of the scenarios")
    private @Nullable Shard shard;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "where evidence and reports go (default: ${DEFAULT-VALUE})",
            defaultValue = "target/pitrproof")
    private Path output = Path.of("target/pitrproof");

    @Option(names = "--set", paramLabel = "NAME=VALUE", description = "a value for $${NAME} in scenarios")
    private Map<String, String> variables = new LinkedHashMap<>();

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            description = "where the workload's choices come from (default: ${DEFAULT-VALUE})",
            defaultValue = "1")
    private long seed = 1;

    @Option(
            names = "--sabotage",
            description =
                    "repeat each proof that holds on copies with one thing broken at a time: each has to be caught")
    private boolean sabotage;

    @Option(
            names = "--explain",
            description =
                    "tell each step with the commands of PostgreSQL's own that it stands for, and why it is needed")
    private boolean explain;

    @Option(names = "--json", description = "print JSON Lines")
    private boolean json;

    // picocli asks for the option's field and handles it by itself
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    private boolean help;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<Problem> problems = new ArrayList<>();
        List<Scenario> scenarios = read(problems);
        List<Drilled> drills = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            for (int major : majors(scenario)) {
                drills.add(new Drilled(scenario, major));
            }
        }
        if (!problems.isEmpty()) {
            problems.forEach(err::println);
            return ExitCode.USAGE.number();
        }
        if (shard != null) {
            drills = shard.of(drills);
        }
        if (drills.isEmpty()) {
            err.println("pitrproof: error: no scenario is selected");
            err.println("HINT: ./pitrproof run FILE, or loosen --tag, --shard and --postgres");
            return ExitCode.USAGE.number();
        }
        if (!OutputDirectory.make(output, err)) {
            return ExitCode.UNPROVEN.number();
        }
        LogFile.use(output.resolve("pitrproof.log"));
        try (ProgressLine progress = ProgressLine.start(err)) {
            DrillPrinter printer =
                    json ? new JsonPrinter(out, progress, explain) : new TextPrinter(out, err, progress, explain);
            ExitCode exitCode = ExitCode.of(run(drills, printer));
            return exitCode.number();
        }
    }

    private record Drilled(Scenario scenario, int major) {}

    private List<Evidence> run(List<Drilled> drills, DrillPrinter printer) throws IOException {
        List<Evidence> evidence = new ArrayList<>();
        List<EvidenceOnDisk> pages = new ArrayList<>();
        DrillListener listener = printer;
        for (Drilled drill : drills) {
            DrillOptions options = new DrillOptions(drill.major(), output, seed, "pitrproof run", PATIENCE, sabotage);
            for (Evidence one : new DrillRunner(sandbox.opener(printer), options, listener).run(drill.scenario())) {
                evidence.add(one);
                pages.add(new EvidenceOnDisk(one, one.drill()));
            }
        }
        Reports.write(output, pages);
        printer.finished(evidence, output.resolve("index.html"));
        return evidence;
    }

    /** A jar alone, in a directory without scenarios, still has something to show. */
    private ScenarioFiles selected() throws IOException {
        if (!files.isEmpty() || Files.exists(ScenarioFiles.DEFAULT_DIRECTORY)) {
            return ScenarioFiles.of(files);
        }
        spec.commandLine().getErr().println("pitrproof: no scenarios/ here: running those that come with pitrproof");
        return ScenarioFiles.shipped();
    }

    private List<Scenario> read(List<Problem> problems) throws IOException {
        ScenarioFiles found = selected();
        problems.addAll(found.problems());
        List<Scenario> scenarios = new ArrayList<>();
        for (Path file : found.files()) {
            try {
                scenarios.add(ScenarioReader.read(file, variables));
            } catch (InvalidScenario e) {
                problems.addAll(e.problems());
            }
        }
        if (problems.isEmpty()) {
            problems.addAll(ScenarioFiles.conflicts(scenarios, variables.keySet()));
        }
        scenarios.removeIf(
                scenario -> !tags.isEmpty() && scenario.tags().stream().noneMatch(tags::contains));
        return scenarios;
    }

    /** The versions asked for that the scenario is for; without any, the newest that the scenario is for. */
    private List<Integer> majors(Scenario scenario) throws IOException {
        for (int major : sandbox.majors()) {
            if (!MajorRange.SUPPORTED.contains(major)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--postgres: PostgreSQL " + major + " is not supported, expected " + MajorRange.SUPPORTED);
            }
        }
        if (sandbox.majors().isEmpty()) {
            return List.of(sandbox.newest(scenario.postgres()));
        }
        return sandbox.majors().stream().filter(scenario.postgres()::contains).toList();
    }
}
