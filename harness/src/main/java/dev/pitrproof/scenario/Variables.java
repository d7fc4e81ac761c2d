package dev.pitrproof.scenario;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Fills variables into values. A variable is a name in braces behind a dollar sign; a second dollar sign before it makes
 * it plain text. A variable's own value is taken as it is, so that no variable can refer to another.
 */
final class Variables {

    static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    /** Far beyond any statement; it keeps a small file from unfolding into a huge one. */
    private static final int LENGTH_MAX = 1 << 20;

    private final Map<String, String> values = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();

    /** A value from the file, unless the command line has set one. */
    void declare(String name, String value) {
        names.add(name);
        values.putIfAbsent(name, value);
    }

    /** Values from the command line; set before any is declared. */
    void set(Map<String, String> settings) {
        values.putAll(settings);
    }

    /** The names that the file declares or uses. */
    Set<String> names() {
        return names;
    }

    /**
     * The text with its variables filled in.
     *
     * @throws UnknownVariable if it names one that nothing gives a value
     * @throws IllegalArgumentException if a variable is not closed, or the result would be too long
     */
    String fill(String text) throws UnknownVariable {
        StringBuilder filled = new StringBuilder();
        int done = 0;
        int start = text.indexOf("${");
        while (start >= 0) {
            if (start > done && text.charAt(start - 1) == '$') {
                filled.append(text, done, start - 1).append("${");
                done = start + 2;
            } else {
                int end = text.indexOf('}', start);
                if (end < 0) {
                    throw new IllegalArgumentException("\"${\" is not closed: expected a variable such as ${rate}");
                }
                filled.append(text, done, start).append(valueOf(text.substring(start + 2, end)));
                done = end + 1;
            }
            if (filled.length() > LENGTH_MAX) {
                throw new IllegalArgumentException("value with its variables filled in is too long: expected at most "
                        + LENGTH_MAX + " characters");
            }
            start = text.indexOf("${", done);
        }
        return filled.append(text, done, text.length()).toString();
    }

    private String valueOf(String name) throws UnknownVariable {
        String value = values.get(name);
        if (value == null) {
            throw new UnknownVariable(name);
        }
        names.add(name);
        return value;
    }

    Set<String> known() {
        return values.keySet();
    }

    /** A name in {@code ${…}} that nothing gives a value. */
    static final class UnknownVariable extends Exception {

        private static final long serialVersionUID = 1;

        private final String name;

        UnknownVariable(String name) {
            super("unknown variable " + Wording.quoted(name));
            this.name = name;
        }

        String name() {
            return name;
        }
    }
}
