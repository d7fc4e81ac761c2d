package dev.pitrproof.html;

import java.util.Locale;

/**
 * How wide a text will be at most. The reader's font is not known here, so these are the advances of a wide one (DejaVu
 * Sans, rounded up): a narrower font leaves some air, and nothing overlaps.
 */
final class TextWidth {

    private static final String NARROW = " iljftrI.,:;'|!()[]/\\-";
    private static final String WIDE = "mwMWOQG@%&—…";
    private static final double MONOSPACE = 0.61;

    private TextWidth() {}

    static double sans(String text, double size) {
        return text.codePoints().mapToDouble(TextWidth::advance).sum() * size;
    }

    static double mono(String text, double size) {
        return text.codePointCount(0, text.length()) * MONOSPACE * size;
    }

    /** The text, or as much of its beginning as fits, with an ellipsis. */
    static String fitted(String text, double size, double widthMax) {
        String line = text.strip().replaceAll("\\s+", " ");
        if (sans(line, size) <= widthMax) {
            return line;
        }
        int end = line.length();
        while (end > 1 && sans(line.substring(0, end) + "…", size) > widthMax) {
            end = line.offsetByCodePoints(end, -1);
        }
        return line.substring(0, end).stripTrailing() + "…";
    }

    private static double advance(int codePoint) {
        if (NARROW.indexOf(codePoint) >= 0) {
            return 0.42;
        }
        if (WIDE.indexOf(codePoint) >= 0 || codePoint > 0x2E80) {
            return 1.02;
        }
        String character = Character.toString(codePoint);
        return character.equals(character.toLowerCase(Locale.ROOT)) ? 0.65 : 0.74;
    }
}
