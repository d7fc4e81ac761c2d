package dev.pitrproof.drill;

import java.util.List;

/**
 * One step of a drill as somebody would do it by hand, with PostgreSQL's own tools.
 *
 * <p>The commands are right for the very drill that they tell of: its labels, targets, timelines and settings. Places are
 * shell variables, such as {@code $ARCHIVE}; there is no password, connection string or host name in them.
 *
 * @param step what is done
 * @param commands lines for a POSIX shell, in order; what comes of a drill alone is a comment there
 * @param why why it is needed, in a sentence
 */
public record Explanation(String step, List<String> commands, String why) {

    public Explanation {
        commands = List.copyOf(commands);
    }
}
