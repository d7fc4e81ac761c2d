package dev.pitrproof.html;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How something in a picture looks, as values of SVG's presentation attributes; null is an attribute that is not there.
 *
 * @param fill a colour, or {@code none}
 * @param weight of a font
 */
public record Look(
        String fill,
        @Nullable String stroke,
        @Nullable String width,
        @Nullable String dash,
        @Nullable String weight,
        @Nullable String slant) {

    /** The fill of what was refused, a pattern that every picture defines. */
    static final String HATCH = "url(#hatch)";

    private static final String NONE = "none";

    static Look rectangle(String kind) {
        return switch (kind) {
            case "refused" -> filled(HATCH);
            case "commits" -> filled(Ink.GONE.light());
            case "commits back-bar" -> filled(Ink.BACK.light());
            case "back" -> filled(Ink.BACK_TINT.light());
            case "beyond" -> filled(Ink.HARM_TINT.light());
            case "window" -> filled(Ink.WINDOW.light());
            case "paper" -> filled(Ink.PAPER.light());
            default -> filled(Ink.PANEL.light());
        };
    }

    static Look path(String kind) {
        return switch (kind) {
            case "funnel" -> filled(Ink.PANEL.light());
            case "target" -> line(Ink.TARGET, "1.75", null);
            case "replayed" -> line(Ink.BACK, "4", null);
            case "readable" -> line(Ink.BACK, "2", null);
            case "unreplayed" -> line(Ink.GONE, "1.5", "3 4");
            case "leader", "tick" -> line(Ink.GONE, "1", null);
            case "glyph base-backup" -> glyph(Ink.INK);
            case "glyph accident", "glyph gap" -> line(Ink.HARM, "2.75", null);
            case "glyph sabotage", "glyph server" -> glyph(Ink.HARM);
            case "glyph target" -> glyph(Ink.TARGET);
            case "glyph applied" -> glyph(Ink.BACK);
            default ->
                kind.startsWith("glyph ")
                        ? new Look(Ink.PAPER.light(), Ink.INK.light(), "1.75", null, null, null)
                        : line(Ink.MUTED, "1", null);
        };
    }

    static Look text(String kinds) {
        Set<String> kind = Set.copyOf(List.of(kinds.split(" ")));
        Ink ink = Ink.INK;
        if (anyOf(kind, "accident", "sabotage", "gap", "server")) {
            ink = Ink.HARM;
        } else if (kind.contains("target")) {
            ink = Ink.TARGET;
        } else if (kind.contains("applied")) {
            ink = Ink.BACK;
        } else if (anyOf(kind, "zone", "hour", "value", "caption", "legend", "more")) {
            ink = Ink.MUTED;
        }
        return new Look(
                ink.light(),
                null,
                null,
                null,
                anyOf(kind, "title", "target") ? "600" : null,
                kind.contains("zone") ? "italic" : null);
    }

    private static boolean anyOf(Set<String> kinds, String... wanted) {
        return List.of(wanted).stream().anyMatch(kinds::contains);
    }

    private static Look filled(String fill) {
        return new Look(fill, null, null, null, null, null);
    }

    private static Look line(Ink ink, String width, @Nullable String dash) {
        return new Look(NONE, ink.light(), width, dash, null, null);
    }

    private static Look glyph(Ink ink) {
        return new Look(ink.light(), ink.light(), "1.75", null, null, null);
    }
}
