package dev.pitrproof.cli;

/** Breaks long lines between words, so that what follows stays below the text and not below the margin. */
final class Paragraph {

    private static final int NARROWEST = 20;

    private Paragraph() {}

    /**
     * One line of text, broken where it would leave the terminal.
     *
     * @param text begins behind {@code indent} columns that are written already
     * @param columns of the terminal; 0 where there is none, then nothing is broken
     */
    static String hanging(String text, int indent, int columns) {
        int width = columns - indent;
        if (columns == 0 || width < NARROWEST) {
            return text;
        }
        StringBuilder lines = new StringBuilder();
        int column = 0;
        for (String word : text.split(" ", -1)) {
            int length = word.codePointCount(0, word.length());
            if (column > 0 && column + 1 + length > width) {
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
