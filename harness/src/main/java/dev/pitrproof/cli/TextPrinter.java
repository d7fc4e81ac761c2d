package dev.pitrproof.cli;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.drill.Explanation;
import dev.pitrproof.drill.Progress;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.evidence.RecordRef;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Target;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.evidence.Witnesses;
import dev.pitrproof.proof.SnapshotClaim;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tells a run to a person: the story, what was asked, what was reached, the verdict. */
final class TextPrinter implements DrillPrinter {

    /** What a drill is about: the target of a recovery, or what a dump brings back. */
    private static final List<String> ABOUT_ALL = List.of(TargetClaim.NAME, SnapshotClaim.NAME);

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final String BOLD = "\u001b[1m";
    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String RESET = "\u001b[0m";

    private final PrintWriter out;
    private final PrintWriter err;
    private List<Claim> toldOfBreakOff = List.of();
    private final ProgressLine progress;
    private final @Nullable ExplanationLines explanations;

    /**
     * @param progress is closed by whoever made it
     * @param explain whether the steps are told with the commands they stand for
     */
    TextPrinter(PrintWriter out, PrintWriter err, ProgressLine progress, boolean explain) {
        this.out = out;
        this.err = err;
        this.progress = progress;
        this.explanations = explain ? new ExplanationLines(out) : null;
    }

    @Override
    public void explained(Explanation explanation) {
        if (explanations != null) {
            clearProgress();
            explanations.print(explanation);
        }
    }

    @Override
    public void say(String message) {
        int columns = Terminal.errIsTerminal() ? Terminal.columns() : 0;
        progress.around(() -> err.println(Paragraph.hanging("pitrproof: " + message, 0, columns)));
        err.flush();
    }

    @Override
    public void progress(Progress going) {
        progress.show(going);
    }

    @Override
    public void scenarioStarted(Scenario scenario, Sandbox sandbox) {
        clearProgress();
        out.println();
        title(scenario.name(), sandbox);
        if (scenario.about() != null) {
            out.print("  ");
            paragraph(2, scenario.about().strip().replaceAll("\\s+", " "));
        }
        out.println();
        out.flush();
    }

    @Override
    public void proofStarted(BaseBackup backup, String targetInWords, Sandbox sandbox) {
        clearProgress();
        String title = "backup \"" + backup.label().label() + "\"";
        out.println();
        title(title, sandbox);
        out.print("  ");
        paragraph(2, targetInWords);
        out.println();
        out.flush();
    }

    private void title(String title, Sandbox sandbox) {
        String rest = " on PostgreSQL " + sandbox.release().version() + ", " + sandbox.name() + " sandbox";
        String lines = Paragraph.hanging(title + rest, 0, Terminal.columns());
        out.println(lines.startsWith(title) ? paint(BOLD, title) + lines.substring(title.length()) : lines);
    }

    @Override
    public void clock(String storyTime) {
        progress.show(Progress.of("the story's clock shows " + storyTime));
    }

    @Override
    public void sabotaged(String fault) {
        progress.show(Progress.of("sabotage: " + fault));
    }

    private void clearProgress() {
        progress.rest();
    }

    @Override
    public void moment(Story.Moment moment) {
        tell(moment.storyTime(), moment.kind(), moment.text(), moment.kind().equals("accident") ? BOLD : "");
    }

    @Override
    public void measured(Impact.OfBackup impact) {
        tell("", "impact", ImpactWords.of(impact), "");
    }

    @Override
    public void storyEnded(String storyTime, long commits, long refused, int segments) {
        tell(
                storyTime,
                "end",
                String.format(
                        Locale.ROOT,
                        "%,d commits acknowledged, %,d refused, %d WAL segments archived",
                        commits,
                        refused,
                        segments),
                "");
    }

    private void tell(String storyTime, String kind, String text, String colour) {
        clearProgress();
        String margin = String.format(Locale.ROOT, "  %-8s %-12s ", storyTime, kind);
        String lines = Paragraph.hanging(text, margin.length(), Terminal.columns());
        out.println(margin + (colour.isEmpty() ? lines : paint(colour, lines)));
        out.flush();
    }

    @Override
    public void restoreStarted(Restore restore, int number, int of) {
        clearProgress();
        out.println();
        String title = "restore " + number + " of " + of;
        String rest = ": " + restore.from() + " to " + restore.to().inWords()
                + (restore.about() == null ? "" : " (" + restore.about().strip() + ")");
        String lines = Paragraph.hanging(title + rest, 0, Terminal.columns());
        out.println(paint(BOLD, title) + lines.substring(title.length()));
        out.flush();
    }

    @Override
    public void drillEnded(Evidence evidence, Path directory) {
        clearProgress();
        out.println("  " + verdict(evidence));
        if (evidence.target() != null) {
            row("asked", asked(evidence.target()));
        }
        if (evidence.oracle() != null && evidence.witnesses() != null) {
            // where recovery stopped elsewhere, the two are no more than what was foretold
            boolean isThere = evidence.claims().stream()
                    .noneMatch(claim -> claim.claim().equals(TargetClaim.NAME) && claim.verdict() == Verdict.REFUTED);
            row(
                    isThere ? "reached" : "foretold",
                    "A, the last " + (isThere ? "to" : "that must") + " come back: "
                            + record(evidence.oracle().lastApplied(), "nothing"));
            row(
                    isThere ? "left out" : "",
                    "N, the first that " + (isThere ? "did" : "must") + " not: "
                            + record(evidence.oracle().firstNotApplied(), "nothing"));
            Witnesses witnesses = evidence.witnesses();
            out.println(
                    witnesses.replayLsn() == null
                            ? "  branched off at LSN " + witnesses.historySwitchLsn()
                            : "  replayed through LSN " + witnesses.replayLsn());
        }
        boolean isBrokenOff = evidence.target() == null;
        if (isBrokenOff && evidence.claims().equals(toldOfBreakOff)) {
            out.println("  ? for the same reason");
        } else {
            evidence.claims().forEach(claim -> tell(claim, evidence.asExpected()));
        }
        evidence.notes().forEach(note -> {
            out.print("  ");
            paragraph(2, "note: " + note);
        });
        toldOfBreakOff = isBrokenOff ? evidence.claims() : List.of();
        out.flush();
    }

    @Override
    public void leftBehind(SandboxException failure) {
        clearProgress();
        say("warning: " + failure.getMessage());
        if (failure.hint() != null) {
            err.println("HINT: " + failure.hint());
            err.flush();
        }
    }

    private void row(String name, String text) {
        String margin = String.format(Locale.ROOT, "  %-8s ", name);
        out.print(margin);
        paragraph(margin.length(), text);
    }

    private void tell(Claim claim, boolean asExpected) {
        out.print("  " + sign(claim.verdict()) + " ");
        paragraph(4, claim.claim() + ": " + claim.found() + reason(claim));
        if (claim.hint() != null && !asExpected) {
            out.print("    ");
            paragraph(4, "HINT: " + claim.hint());
        }
    }

    private static String reason(Claim claim) {
        boolean isPlain = claim.verdict() == Verdict.PROVEN || claim.expected().equals(claim.claim());
        return isPlain ? "" : " (" + claim.code() + ", expected: " + claim.expected() + ")";
    }

    /** Text behind an indent that is printed already, on as many lines as it needs. */
    private void paragraph(int indent, String text) {
        out.println(Paragraph.hanging(text, indent, Terminal.columns()));
    }

    private static String verdict(Evidence evidence) {
        String reason = evidence.claims().stream()
                .filter(claim -> claim.verdict() == evidence.verdict())
                // the target is what a drill is about; that the backup is intact, and its like, go without saying
                .min(Comparator.comparing(claim -> !ABOUT_ALL.contains(claim.claim())))
                .map(Claim::code)
                .orElse("");
        String words = evidence.verdict() + (evidence.asExpected() ? " as expected" : " NOT AS EXPECTED");
        if (evidence.verdict() == Verdict.PROVEN && evidence.asExpected()) {
            words = "PROVEN";
        }
        String colour = evidence.asExpected() ? GREEN : evidence.verdict() == Verdict.UNPROVEN ? YELLOW : RED;
        String expected = evidence.asExpected() ? "" : " (expected " + evidence.expected() + ")";
        return paint(BOLD + colour, words) + "  " + reason + expected;
    }

    private static String asked(Target target) {
        if (target.kind().equals("time")) {
            return both(target.storyTime(), Instant.parse(target.value())) + (target.inclusive() ? "" : ", exclusive");
        }
        return (target.kind() + " " + target.value()).strip() + (target.inclusive() ? "" : ", exclusive");
    }

    private static String both(@Nullable String storyTime, Instant serverTime) {
        return (storyTime == null ? "" : storyTime + " on the story's clock, ") + CLOCK.format(serverTime)
                + " UTC on the server's";
    }

    private static String record(@Nullable RecordRef record, String otherwise) {
        if (record == null) {
            return otherwise;
        }
        return record.kind()
                + (record.xid() == null ? "" : " of xid " + record.xid())
                + (record.time() == null ? "" : " at " + CLOCK.format(record.time()))
                + ", LSN " + record.lsn();
    }

    private static String sign(Verdict verdict) {
        return switch (verdict) {
            case PROVEN -> paint(GREEN, "✓");
            case REFUTED -> paint(RED, "✗");
            case UNPROVEN -> paint(YELLOW, "?");
        };
    }

    private static String paint(String colour, String text) {
        return Terminal.outHasColour() ? colour + text + RESET : text;
    }

    @Override
    public void finished(List<Evidence> drills, Path report) {
        clearProgress();
        long asExpected = drills.stream().filter(Evidence::asExpected).count();
        out.println();
        out.println(paint(BOLD, asExpected + " of " + drills.size() + " drills ended as expected"));
        out.println("report: " + report);
        out.flush();
    }
}
