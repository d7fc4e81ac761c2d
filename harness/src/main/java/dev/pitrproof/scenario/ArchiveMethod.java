package dev.pitrproof.scenario;

/** How the source's WAL reaches the archive. */
public enum ArchiveMethod {
    /** The server runs an {@code archive_command} for each completed segment. */
    COMMAND,
    /** pitrproof streams the WAL through a replication slot. */
    RECEIVER,
    /** Not at all: there is no WAL but what is inside of a backup. */
    NONE
}
