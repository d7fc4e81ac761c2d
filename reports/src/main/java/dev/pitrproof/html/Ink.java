package dev.pitrproof.html;

import java.util.Locale;

/**
 * The colours of a picture, by what they mean. A picture carries the light ones as attributes, so that it is itself also
 * where no style is allowed, and exchanges them for the dark ones where the reader prefers those. No two light ones are
 * the same.
 */
enum Ink {
    PAPER("#fdfcf9", "#17191c"),
    INK("#1c1e22", "#e8e6e0"),
    MUTED("#5b5f66", "#a6a8ae"),
    PANEL("#f5f2ea", "#1f2226"),
    BACK("#1c6b52", "#63c29d"),
    BACK_TINT("#e2efe8", "#1d332b"),
    GONE("#8f8b80", "#777c84"),
    HARM("#a5321c", "#f08f76"),
    HARM_TINT("#f7e3dc", "#42231c"),
    TARGET("#24509a", "#8db4ff"),
    WINDOW("#d9d2bd", "#4a4636");

    private final String light;
    private final String dark;

    Ink(String light, String dark) {
        this.light = light;
        this.dark = dark;
    }

    String light() {
        return light;
    }

    String dark() {
        return dark;
    }

    /** The rules that turn a picture dark on a screen; paper is printed on as it is. */
    static String darkStyle() {
        StringBuilder css = new StringBuilder("@media screen and (prefers-color-scheme: dark) {\n");
        for (Ink ink : values()) {
            css.append(String.format(
                    Locale.ROOT,
                    "[fill=\"%1$s\"] { fill: %2$s; } [stroke=\"%1$s\"] { stroke: %2$s; }\n",
                    ink.light,
                    ink.dark));
        }
        return css.append("}").toString();
    }
}
