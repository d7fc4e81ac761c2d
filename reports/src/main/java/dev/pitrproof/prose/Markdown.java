package dev.pitrproof.prose;

import java.util.regex.Pattern;

/**
 * Text as Markdown (GitHub's flavour) that shows it as it stands: no markup, no HTML, no table cell, no link and no
 * mention can come out of it.
 */
public final class Markdown {

    private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_\\[\\]|~#$!]");
    private static final Pattern SPACE = Pattern.compile("[\\s\\p{Cntrl}]+");

    private Markdown() {}

    /** The text on one line, to stand in a paragraph or in a table's cell. */
    public static String text(String text) {
        String line = SPACE.matcher(text).replaceAll(" ").strip();
        return SPECIAL.matcher(line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
                .replaceAll("\\\\$0")
                // an address would become a link, a name a mention of a person
                .replace("://", "&#58;//")
                .replace("www.", "www&#46;")
                .replace("@", "&#64;")
                // a line that begins so would be a list
                .replaceFirst("^([-+]|\\d+[.)])(?=\\s|$)", "&#8203;$1");
    }

    /** The text on one line as code, to stand in a paragraph or in a table's cell. */
    public static String code(String text) {
        String line = SPACE.matcher(text).replaceAll(" ").strip();
        if (line.isEmpty()) {
            return "";
        }
        int longest = 0;
        int run = 0;
        for (int i = 0; i < line.length(); i++) {
            run = line.charAt(i) == '`' ? run + 1 : 0;
            longest = Math.max(longest, run);
        }
        String fence = "`".repeat(longest + 1);
        String space = line.startsWith("`") || line.endsWith("`") ? " " : "";
        // a cell ends at a bar even within code
        return fence + space + line.replace("|", "\\|") + space + fence;
    }
}
