package dev.pitrproof.restore;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import java.util.List;

/**
 * A restore that the WAL says is possible, before anything is copied.
 *
 * @param prediction where it stops, with a reach of REACHED
 * @param path the timeline path it takes
 * @param segments the archived segments from the redo position to the end of the readable WAL, which recovery may read
 * @param files the names of all files that it may ask the archive for: the segments and the history files
 */
public record RestorePlan(
        BaseBackup backup,
        WalArchive archive,
        RecoveryTarget target,
        TimelineHistory path,
        Prediction prediction,
        List<SegmentName> segments,
        List<String> files) {

    public RestorePlan {
        segments = List.copyOf(segments);
        files = List.copyOf(files);
    }
}
