package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.drill.ArchiveHome;
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
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

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
            description = {
                "only the I-th of N parts, which together run everything once: a scenario on a version stays in its part"
                        + " whatever is added",
                "(default: as CI_NODE_INDEX and CI_NODE_TOTAL say, else everything)"
            })
    private @Nullable Shard shard;

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "N",
            description =
                    "play N scenarios at a time (default: ${DEFAULT-VALUE}); drills wait more than they compute, but"
                            + " what they measure is then measured in company",
            defaultValue = "1")
    private int jobs = 1;

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
            names = "--archive",
            paramLabel = "s3://BUCKET/PREFIX",
            converter = ArchivePlace.Converter.class,
            description = {
                "when a story is over, move its archive to a fresh place below this one, let all restores read from"
                        + " there, and remove it afterwards (unless --keep)",
                "(default: archives stay in the sandbox)"
            })
    private @Nullable ArchivePlace archive;

    @Mixin
    private S3Options s3 = new S3Options();

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
        if (jobs < 1) {
            throw new ParameterException(spec.commandLine(), "--jobs is " + jobs + ", expected at least 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<Problem> problems = new ArrayList<>();
        List<Scenario> scenarios = read(problems);
        List<PlannedStory> stories = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            for (int major : majors(scenario)) {
                stories.add(new PlannedStory(scenario, major));
            }
        }
        if (!problems.isEmpty()) {
            problems.forEach(err::println);
            return ExitCode.USAGE.number();
        }
        if (stories.isEmpty()) {
            err.println("pitrproof: error: no scenario is selected");
            err.println("HINT: ./pitrproof run FILE, or loosen --tag and --postgres");
            return ExitCode.USAGE.number();
        }
        List<PlannedStory> part = part(stories, err);
        if (part.isEmpty()) {
            return ExitCode.FINE.number();
        }
        Optional<ArchiveHome> home;
        try {
            home = home(err);
        } catch (ArchiveException e) {
            return ArchiveTrouble.report(e, err);
        }
        if (!OutputDirectory.make(output, err)) {
            return ExitCode.UNPROVEN.number();
        }
        LogFile.use(output.resolve("pitrproof.log"));
        try (ProgressLine progress = ProgressLine.start(err)) {
            DrillPrinter printer =
                    json ? new JsonPrinter(out, progress, explain) : new TextPrinter(out, err, progress, explain);
            return ExitCode.of(run(part, home, printer)).number();
        }
    }

    /** Who runs a part of everything is told so, for the part may come from the environment, and may be empty. */
    private List<PlannedStory> part(List<PlannedStory> stories, PrintWriter err) {
        Shard chosen = shard;
        String origin = "";
        if (chosen == null) {
            chosen = fromEnvironment();
            origin = " (" + Shard.INDEX + " and " + Shard.TOTAL + ")";
        }
        if (chosen == null || chosen.of() == 1) {
            return stories;
        }
        List<PlannedStory> part = chosen.of(stories, PlannedStory::id);
        err.println("pitrproof: part " + chosen + origin + ": " + part.size() + " of " + stories.size()
                + (part.isEmpty() ? ", so there is nothing to do here" : ""));
        err.flush();
        return part;
    }

    private @Nullable Shard fromEnvironment() {
        try {
            return Shard.of(System.getenv()).orElse(null);
        } catch (TypeConversionException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Optional<ArchiveHome> home(PrintWriter err) throws IOException {
        if (archive == null) {
            s3.requireNone();
            return Optional.empty();
        }
        return Optional.of(s3.home(archive, sandbox.keeps(), err));
    }

    private List<Evidence> run(List<PlannedStory> stories, Optional<ArchiveHome> home, DrillPrinter printer)
            throws IOException {
        List<Evidence> evidence = new StoryQueue(jobs, (story, told) -> play(story, home, told)).play(stories, printer);
        List<EvidenceOnDisk> pages = evidence.stream()
                .map(one -> new EvidenceOnDisk(one, one.drill()))
                .toList();
        Reports.write(output, pages);
        printer.finished(evidence, output.resolve("index.html"));
        return evidence;
    }

    private List<Evidence> play(PlannedStory story, Optional<ArchiveHome> home, DrillPrinter printer)
            throws IOException {
        DrillOptions options = new DrillOptions(story.major(), output, seed, "pitrproof run", PATIENCE, sabotage, home);
        return new DrillRunner(sandbox.opener(printer), options, printer).run(story.scenario());
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
            return List.of(sandbox.newest(scenario));
        }
        return sandbox.majors().stream()
                .distinct()
                .filter(scenario.postgres()::contains)
                .toList();
    }
}
