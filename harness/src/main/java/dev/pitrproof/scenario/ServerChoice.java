package dev.pitrproof.scenario;

import org.jspecify.annotations.Nullable;

/**
 * In what the server of a restore differs from the one that pitrproof would run.
 *
 * @param postgres a major version that the story is not played on; null: that of the story
 * @param archivesAsInBackup whether it archives as the settings in its backup say; if not, it archives nothing
 * @param clockShowsItAgain when the clock that the target is read from shows the target's time once more, having been put
 *     back in between; the server is told that time without an offset. Null: it is told with one
 */
public record ServerChoice(
        @Nullable Integer postgres,
        boolean archivesAsInBackup,
        @Nullable StoryTime clockShowsItAgain) {

    /** In nothing. */
    public static final ServerChoice DEFAULT = new ServerChoice(null, false, null);
}
