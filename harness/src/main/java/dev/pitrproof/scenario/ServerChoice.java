package dev.pitrproof.scenario;

import org.jspecify.annotations.Nullable;

/**
 * In what the server of a restore differs from the one that pitrproof would run.
 *
 * @param postgres a major version that the story is not played on; null: that of the story
 * @param archivesAsInBackup whether it archives as the settings in its backup say; if not, it archives nothing
 */
public record ServerChoice(@Nullable Integer postgres, boolean archivesAsInBackup) {

    /** In nothing. */
    public static final ServerChoice DEFAULT = new ServerChoice(null, false);
}
