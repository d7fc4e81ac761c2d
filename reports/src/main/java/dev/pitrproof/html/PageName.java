package dev.pitrproof.html;

import dev.pitrproof.evidence.EvidenceOnDisk;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * Where a drill's page and its pictures are. The name comes from the drill's name alone, so that other reports can link
 * to the page, and is fit for every file system: small letters, digits and dashes.
 *
 * @param stem the file's name without its ending
 */
public record PageName(String stem) {

    /** The directory of the pages in the output directory. */
    public static final String DIRECTORY = "drills";

    private static final int LENGTH_MAX = 80;

    /** The name for a drill whose own name is unique in the report. */
    public static PageName of(EvidenceOnDisk drill) {
        String name = drill.name();
        String fit = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        if (fit.equals(name) && fit.length() <= LENGTH_MAX) {
            return new PageName(fit);
        }
        CRC32 digest = new CRC32();
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        String start = fit.substring(0, Math.min(fit.length(), LENGTH_MAX));
        return new PageName(
                start + (start.isEmpty() ? "" : "-") + String.format(Locale.ROOT, "%08x", digest.getValue()));
    }

    /** From the output directory to the page. */
    public String path() {
        return DIRECTORY + "/" + html();
    }

    public String html() {
        return stem + ".html";
    }

    /** The picture of the story. */
    public String wide() {
        return stem + ".svg";
    }

    /** The picture of the story for telephones. */
    public String narrow() {
        return stem + "-narrow.svg";
    }
}
