package dev.pitrproof.cli;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.reports.Reports;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pitrproof report}: renders the reports of one or many runs again, from their evidence alone. */
@Command(
        name = "report",
        description = {
            "Render reports again from the evidence of one or many runs: index.html, allure-results, junit,"
                    + " summary.md, metrics.prom.",
            "All evidence is read before anything is written; evidence that cannot be read is in no report, so then"
                    + " there is none."
        },
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the reports are written, whatever they say; run decides whether drills ended as expected",
            "2:usage, or there is no evidence to report",
            "3:some evidence is damaged or cannot be read, or the reports cannot be written"
        })
public final class ReportCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "DIR",
            description = "output directories of runs, or directories above or below them; or evidence.json files")
    private List<Path> places = new ArrayList<>();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "where the reports go (default: the one DIR with the drills in it; of several, or of a single"
                    + " drill: target/pitrproof)")
    private @Nullable Path output;

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
        EvidenceSearch search = EvidenceSearch.in(places);
        @Nullable ExitCode failure = search.failure();
        if (failure != null) {
            PrintWriter err = spec.commandLine().getErr();
            search.problems().forEach(err::println);
            err.flush();
            return failure.number();
        }
        Path output = output();
        Path home = Files.createDirectories(output).toRealPath();
        List<EvidenceOnDisk> drills = new ArrayList<>();
        for (EvidenceSearch.Found found : search.found()) {
            drills.add(new EvidenceOnDisk(found.evidence(), relative(home, found.directory())));
        }
        Reports.write(home, drills);
        PrintWriter out = spec.commandLine().getOut();
        long asExpected = search.found().stream()
                .map(EvidenceSearch.Found::evidence)
                .filter(Evidence::asExpected)
                .count();
        if (json) {
            JsonLine.print(
                    out,
                    "report",
                    "drills",
                    drills.size(),
                    "asExpected",
                    asExpected,
                    "report",
                    output.resolve("index.html").toString());
            return ExitCode.FINE.number();
        }
        out.println(asExpected + " of " + drills.size() + (drills.size() == 1 ? " drill" : " drills")
                + " ended as expected");
        out.println("report: " + output.resolve("index.html"));
        out.flush();
        return ExitCode.FINE.number();
    }

    /** The reports of a run are beside its drills; in a drill's own directory, the next run would stumble over them. */
    Path output() {
        if (output != null) {
            return output;
        }
        Path first = places.get(0);
        boolean holdsDrills =
                places.size() == 1 && Files.isDirectory(first) && !Files.exists(first.resolve(EvidenceFile.NAME));
        return holdsDrills ? first : Path.of("target/pitrproof");
    }

    private static String relative(Path home, Path directory) {
        return home.relativize(directory)
                .toString()
                .replace(home.getFileSystem().getSeparator(), "/");
    }
}
