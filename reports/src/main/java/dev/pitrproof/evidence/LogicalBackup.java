package dev.pitrproof.evidence;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A logical backup that a drill restored instead of a base backup, and what the source committed that it does not hold.
 *
 * <p>Where no dump could be taken there is none of this.
 *
 * @param label the dump's name in its scenario
 * @param program what took it, as it says itself: {@code pg_dump (PostgreSQL) 15.18}
 * @param origin where that program is: a directory, or an image
 * @param snapshot what it saw, as {@code pg_current_snapshot} writes it: {@code xmin:xmax:xip,…}
 * @param lsn the source's position when the snapshot was taken
 * @param taken when that was, on the source's clock
 * @param storyTime the same on the story clock
 * @param bytes the dump's size
 * @param seconds how long {@code pg_dump} took
 * @param sha256 of the dump, in hexadecimal digits
 * @param seen commits in the WAL that the snapshot saw
 * @param missing commits in the WAL that it did not see, up to the damage; to the end of the WAL where there was none
 * @param lastSeen the last commit in the WAL that it saw, null when the WAL holds none
 * @param firstMissing the first one that it did not see, null when the WAL holds none
 * @param sideBySide what each restore of the same story lost that was done so far, this one last
 */
public record LogicalBackup(
        String label,
        String program,
        String origin,
        String snapshot,
        String lsn,
        Instant taken,
        String storyTime,
        long bytes,
        double seconds,
        String sha256,
        long seen,
        long missing,
        @Nullable TransactionRef lastSeen,
        @Nullable TransactionRef firstMissing,
        List<Loss> sideBySide) {

    public LogicalBackup {
        Components.present(label, "logicalBackup.label");
        Components.present(program, "logicalBackup.program");
        Components.present(origin, "logicalBackup.origin");
        Components.present(snapshot, "logicalBackup.snapshot");
        Components.present(lsn, "logicalBackup.lsn");
        Components.present(taken, "logicalBackup.taken");
        Components.present(storyTime, "logicalBackup.storyTime");
        Components.present(sha256, "logicalBackup.sha256");
        sideBySide = Components.list(sideBySide);
    }

    /**
     * What a restore of the story lost.
     *
     * @param drill the drill's name
     * @param from the label of the backup that was restored
     * @param to where it led, in words
     * @param logical whether the backup is a dump
     * @param seconds the loss on the story clock, as {@link Objectives.Rpo#measured}
     * @param acknowledgedCommitsLost as {@link Objectives.Rpo#acknowledgedCommitsLostTotal}
     */
    public record Loss(
            String drill, String from, String to, boolean logical, double seconds, long acknowledgedCommitsLost) {
        public Loss {
            Components.present(drill, "logicalBackup.sideBySide[].drill");
            Components.present(from, "logicalBackup.sideBySide[].from");
            Components.present(to, "logicalBackup.sideBySide[].to");
        }
    }
}
