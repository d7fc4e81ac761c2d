package dev.pitrproof.lab;

import java.io.PrintWriter;
import java.util.List;

/** What a lesson is written on: text that is broken where the terminal ends, or at a width that reads well. */
public final class Page {

    private static final int WIDEST = 78;
    private static final int NARROWEST = 24;
    private static final int INDENT = 2;

    private final PrintWriter out;
    private final int width;
    private final boolean colour;

    /** @param columns of the terminal; 0 where there is none */
    public Page(PrintWriter out, int columns, boolean colour) {
        this.out = out;
        this.width = columns == 0 ? WIDEST : Math.max(NARROWEST, Math.min(WIDEST, columns - 1));
        this.colour = colour;
    }

    PrintWriter out() {
        return out;
    }

    /** A heading, with space before it. */
    void heading(String text) {
        out.println();
        out.println(bold(wrap(text, 0)));
        out.println();
        out.flush();
    }

    /**
     * Text in paragraphs, which an empty line ends. A line that begins with four blanks stands as it is.
     */
    void text(String text) {
        StringBuilder paragraph = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("    ")) {
                flush(paragraph);
                out.println(line);
            } else if (line.isBlank()) {
                flush(paragraph);
                out.println();
            } else {
                paragraph.append(paragraph.isEmpty() ? "" : " ").append(line.strip());
            }
        }
        flush(paragraph);
        out.println();
        out.flush();
    }

    private void flush(StringBuilder paragraph) {
        if (!paragraph.isEmpty()) {
            out.println(" ".repeat(INDENT) + wrap(paragraph.toString(), INDENT));
            paragraph.setLength(0);
        }
    }

    /** One paragraph behind a mark, what goes on hangs below the text. */
    void item(String mark, String text) {
        int indent = INDENT + mark.length() + 1;
        out.println(" ".repeat(INDENT) + mark + " " + wrap(text, indent));
        out.flush();
    }

    /** All lessons, with what they are about. */
    public void lessons(Lessons lessons, List<String> done) {
        heading("Lessons: ./pitrproof lab LESSON");
        lessons.list(this, done);
        line();
    }

    /** The same in green. */
    void good(String mark, String text) {
        item(mark, text, "\u001b[32m");
    }

    /** The same in yellow. */
    void bad(String mark, String text) {
        item(mark, text, "\u001b[33m");
    }

    private void item(String mark, String text, String code) {
        int indent = INDENT + mark.length() + 1;
        out.println(" ".repeat(INDENT) + (colour ? code + mark + "\u001b[0m" : mark) + " " + wrap(text, indent));
        out.flush();
    }

    void line() {
        out.println();
        out.flush();
    }

    /** A prompt, behind which the answer is typed. */
    void prompt(String text) {
        out.print(" ".repeat(INDENT) + bold(text) + " ");
        out.flush();
    }

    String bold(String text) {
        return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    private String wrap(String text, int indent) {
        int columns = Math.max(NARROWEST - INDENT, width - indent);
        StringBuilder lines = new StringBuilder();
        int column = 0;
        for (String word : text.strip().split("\\s+", -1)) {
            int length = word.codePointCount(0, word.length());
            if (column > 0 && column + 1 + length > columns) {
                lines.append(System.lineSeparator()).append(" ".repeat(indent));
                column = 0;
            } else if (column > 0) {
                lines.append(' ');
                column++;
            }
            lines.append(word);
            column += length;
        }
        return lines.toString();
    }
}
