package dev.pitrproof.drill;

import java.util.List;

/** The first few of many things to name, and how many more there are. */
final class Excerpt {

    private static final int NAMED_MAX = 5;

    private Excerpt() {}

    static String of(List<String> things) {
        String more = things.size() > NAMED_MAX ? "; and " + (things.size() - NAMED_MAX) + " more" : "";
        return String.join("; ", things.subList(0, Math.min(NAMED_MAX, things.size()))) + more;
    }
}
