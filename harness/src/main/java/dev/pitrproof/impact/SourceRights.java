package dev.pitrproof.impact;

/**
 * What a connection may see of a source, and what there is to be seen.
 *
 * @param isStandby whether the source is a standby
 * @param archives whether it archives WAL, by its {@code archive_mode}
 * @param archiveMode the setting, for messages
 * @param maySeeArchiveStatus whether it may list the files that say what waits to be archived ({@code pg_monitor} may)
 * @param maySeeStandbys whether it may see how far others have come ({@code pg_monitor} may)
 * @param segmentSize bytes per WAL segment
 */
record SourceRights(
        boolean isStandby,
        boolean archives,
        String archiveMode,
        boolean maySeeArchiveStatus,
        boolean maySeeStandbys,
        int segmentSize) {}
