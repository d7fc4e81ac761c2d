package dev.pitrproof.lab;

import dev.pitrproof.drill.HiddenFault;
import dev.pitrproof.drill.Rehearsal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A fault is put into copies of a backup and its archive, and the learner names it, with an eye on the clock. */
final class Hunt {

    /** A name of a tool, or a fault's number. */
    private record Move(@Nullable String tool, int fault) {}

    private static final List<String> TOOLS = List.of("audit", "verifybackup", "plan", "give up");

    private final Page page;
    private final Answers answers;
    private final Stage stage;

    Hunt(Page page, Answers answers, Stage stage) {
        this.page = page;
        this.answers = answers;
        this.stage = stage;
    }

    /** Whether it was found at the first guess that was made. */
    boolean run(Rehearsal place, Facts facts) throws IOException, Answers.Missing {
        List<HiddenFault> faults = List.of(HiddenFault.values());
        HiddenFault hidden = faults.get(new Random(stage.seed()).nextInt(faults.size()));
        Rehearsal.BrokenCopies copies = place.broken(hidden);
        stage.quiet().run();
        long begun = System.nanoTime();
        page.text(
                "The clock runs. The copies are here until you have named the fault, so you can also look at them from"
                        + " another terminal:\n\n    " + copies.backup() + "\n    " + copies.archive());
        page.item("?", "What is wrong?");
        page.line();
        for (int i = 0; i < faults.size(); i++) {
            page.item("  " + (i + 1), faults.get(i).words());
        }
        page.line();
        page.text(
                "Type audit, verifybackup or plan to look, as often as you like; a number to name the fault; or give up.");
        int looks = 0;
        while (true) {
            Move move = answers.next(
                    page,
                    "audit, verifybackup, plan, or 1 to " + faults.size() + ":",
                    said -> move(said, faults.size()),
                    "audit, verifybackup, plan, a number from 1 to " + faults.size() + ", or give up");
            page.line();
            if (move.tool() == null || move.tool().equals("give up")) {
                return conclude(hidden, move, looks, (System.nanoTime() - begun) / 1e9);
            }
            looks++;
            look(move.tool(), copies, facts);
        }
    }

    private static Optional<Move> move(String said, int of) {
        String text = said.toLowerCase(Locale.ROOT);
        return TOOLS.contains(text)
                ? Optional.of(new Move(text, 0))
                : LabSession.number(text, of).map(number -> new Move(null, number));
    }

    private void look(String tool, Rehearsal.BrokenCopies copies, Facts facts) {
        String backup = copies.backup().toString();
        String archive = copies.archive().toString();
        List<String> arguments =
                switch (tool) {
                    case "audit" -> List.of("audit", archive);
                    case "verifybackup" -> List.of("verifybackup", backup);
                    default ->
                        List.of(
                                "plan",
                                "--backup=" + backup,
                                "--archive=" + archive,
                                "--target-time=" + facts.get("when"));
                };
        page.item("$", "pitrproof " + readable(String.join(" ", arguments), backup, archive));
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        stage.look().at(arguments, out);
        out.flush();
        readable(said.toString(), backup, archive).lines().forEach(line -> page.item(" ", line));
        page.line();
    }

    private static String readable(String text, String backup, String archive) {
        return text.replace(backup, "BACKUP").replace(archive, "ARCHIVE");
    }

    private boolean conclude(HiddenFault hidden, Move move, int looks, double seconds) {
        boolean found = move.tool() == null && List.of(HiddenFault.values()).get(move.fault() - 1) == hidden;
        String time = String.format(Locale.ROOT, "%d:%02d min", (long) seconds / 60, (long) seconds % 60);
        String effort = " Time taken: " + time + ", " + looks + (looks == 1 ? " look." : " looks.");
        if (found) {
            page.good("✓", "That is it: " + hidden.words() + "." + effort);
        } else {
            page.bad("✗", "It was another one: " + hidden.words() + "." + effort);
        }
        page.text(
                "A proof would have said " + hidden.finding() + ", and so would "
                        + (hidden.isInBackup()
                                ? "verifybackup, which reads every file that the manifest names. audit looks at the archive alone."
                                : "audit, which reads every record. verifybackup looks at the backup alone.")
                        + " PostgreSQL itself reads no manifest, and takes a segment that it cannot use for the end of the WAL.");
        return found;
    }
}
