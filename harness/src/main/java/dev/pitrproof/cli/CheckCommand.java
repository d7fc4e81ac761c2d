package dev.pitrproof.cli;

import dev.pitrproof.scenario.InvalidScenario;
import dev.pitrproof.scenario.Problem;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioFiles;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pitrproof check}: reads scenario files and reports every mistake in all of them. Starts nothing. */
@Command(
        name = "check",
        description = "Check scenario files and report every mistake in them, without running anything.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every file is a valid scenario", "2:some file is not, or there is none"})
public final class CheckCommand implements Callable<Integer> {

    private static final int FINE = 0;
    private static final int INVALID = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before the command is called
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "FILE or DIR",
            description = "Scenario files, or directories with *.yaml files at their top. Default: scenarios/")
    private List<Path> arguments = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Give a variable of the scenarios a value; wins over vars: in the file.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print JSON Lines.")
    private boolean json;

    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean isHelpRequested;

    @Override
    public Integer call() {
        ScenarioFiles selected = ScenarioFiles.of(arguments);
        List<Problem> problems = new ArrayList<>(selected.problems());
        List<Scenario> scenarios = new ArrayList<>();
        for (Path file : selected.files()) {
            try {
                scenarios.add(ScenarioReader.read(file, settings));
            } catch (InvalidScenario invalid) {
                problems.addAll(invalid.problems());
            }
        }
        return report(scenarios, problems);
    }

    private int report(List<Scenario> scenarios, List<Problem> problems) {
        if (problems.isEmpty()) {
            problems.addAll(ScenarioFiles.conflicts(scenarios, settings.keySet()));
        }
        if (json) {
            return reportJson(scenarios, problems);
        }
        if (!problems.isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            problems.forEach(err::println);
            err.flush();
            return INVALID;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("ok: " + scenarios.size() + (scenarios.size() == 1 ? " scenario" : " scenarios"));
        out.flush();
        return FINE;
    }

    private int reportJson(List<Scenario> scenarios, List<Problem> problems) {
        PrintWriter out = spec.commandLine().getOut();
        for (Problem problem : problems) {
            JsonLine.print(
                    out,
                    "problem",
                    "file",
                    problem.position().file().toString(),
                    "line",
                    problem.position().line(),
                    "column",
                    problem.position().column(),
                    "message",
                    problem.message(),
                    "hint",
                    problem.hint());
        }
        boolean valid = problems.isEmpty();
        JsonLine.print(
                out,
                "check",
                "verdict",
                valid ? "fine" : "invalid",
                "scenarios",
                scenarios.stream().map(Scenario::name).toList(),
                "problems",
                problems.size());
        return valid ? FINE : INVALID;
    }
}
