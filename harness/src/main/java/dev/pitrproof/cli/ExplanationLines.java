package dev.pitrproof.cli;

import dev.pitrproof.drill.Explanation;
import java.io.PrintWriter;

/**
 * Prints steps as a shell script has them: what and why as comments, and the commands as they are, so that they can be
 * copied from the terminal.
 */
final class ExplanationLines {

    private static final String MARGIN = "#    ";

    private final PrintWriter out;
    private int number;

    ExplanationLines(PrintWriter out) {
        this.out = out;
    }

    void print(Explanation explanation) {
        number++;
        String title = "# " + number + ". ";
        out.println();
        out.println(title + comment(explanation.step(), title.length()));
        out.println(MARGIN + comment(explanation.why(), MARGIN.length()));
        explanation.commands().forEach(out::println);
        out.flush();
    }

    /** Long lines go on as comments. */
    private static String comment(String text, int indent) {
        return Paragraph.hanging(text, indent, Terminal.columns())
                .replace(System.lineSeparator() + " ".repeat(indent), System.lineSeparator() + MARGIN);
    }
}
