package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.drill.Recheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code recheck}: a drill judged again, from its evidence and an archive.
 *
 * <p>Exit codes: 0 the same came out; 1 something else did; 2 usage, or no archive; 3 it could not be read.
 */
@Command(
        name = "recheck",
        description = "Judge drills again without a server, from their evidence and the archive.",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "The oracle reads the archive once more, and what it foretells is compared with the evidence and with the"
                    + " recorded answers of the restored cluster. Claims about data are taken as they were recorded.",
            "",
            "Exit codes: 0 the same came out, 1 evidence and archive disagree, 2 usage, 3 it could not be read."
        })
public final class RecheckCommand implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            paramLabel = "EVIDENCE",
            arity = "1..*",
            description = "an evidence.json, or a directory with evidence in it or below it")
    private List<Path> places = new ArrayList<>();

    @Option(
            names = "--archive",
            paramLabel = ArchivePlace.LABEL,
            required = true,
            converter = ArchivePlace.Converter.class,
            description = "the WAL archive")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ArchivePlace archivePlace;

    @Mixin
    private S3Options s3 = new S3Options();

    @Option(names = "--json", description = "print JSON Lines: one object a drill")
    private boolean json;

    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli answers it
    private boolean help;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        EvidenceSearch search = EvidenceSearch.in(places);
        if (search.failure() != null) {
            search.problems().forEach(err::println);
            return search.failure().number();
        }
        try (WalDirectory fetched = new WalDirectory();
                WalArchive archive = s3.openNear(archivePlace, fetched)) {
            boolean agree = true;
            for (EvidenceSearch.Found found : search.found()) {
                Recheck.Result result = new Recheck(found.evidence(), found.directory(), archive).run();
                tell(found.evidence().drill(), result, out);
                agree &= result.disagreements().isEmpty();
            }
            out.flush();
            return (agree ? ExitCode.FINE : ExitCode.REFUTED).number();
        } catch (ArchiveException e) {
            return ArchiveTrouble.report(e, err);
        } catch (IOException e) {
            err.println("error: " + e.getMessage());
            err.println("HINT: "
                    + ArchiveTrouble.hint(e)
                            .orElse("recheck needs the files as the drill wrote them, and the archive that it used"));
            return ExitCode.UNPROVEN.number();
        }
    }

    private void tell(String drill, Recheck.Result result, PrintWriter out) {
        if (json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("drill", drill);
            line.put("verdict", result.verdict());
            line.put("agrees", result.disagreements().isEmpty());
            line.put("disagreements", result.disagreements());
            line.put("open", result.open());
            out.println(JsonMapper.shared().writeValueAsString(line));
            return;
        }
        List<Recheck.Comparison> different = result.disagreements();
        out.println(drill + ": " + result.verdict() + ", "
                + (different.isEmpty()
                        ? "as recorded: " + result.comparisons().size() + " comparisons agree"
                        : different.size() + " of " + result.comparisons().size() + " comparisons DISAGREE"));
        for (Recheck.Comparison comparison : different) {
            out.println("  " + comparison.what() + ": recorded " + comparison.recorded() + ", recomputed "
                    + comparison.recomputed());
        }
        result.open().forEach(line -> out.println("  not looked at: " + line));
    }
}
