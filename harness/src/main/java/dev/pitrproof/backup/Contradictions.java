package dev.pitrproof.backup;

import dev.pitrproof.replication.SystemIdentity;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.util.ArrayList;
import java.util.List;

/** What the parts of a backup say of one another, and of the server that they came from, and what cannot all be true. */
final class Contradictions {

    private Contradictions() {}

    /**
     * Compares them.
     *
     * @param start where the server said that the backup begins
     * @param identity what the server said that it is
     * @param manifest {@link BackupManifest#ABSENT} if there is none to rely upon
     * @return a line each
     */
    static List<String> of(
            BackupLabel label,
            Lsn start,
            TimelineId timeline,
            SystemIdentity identity,
            KeptMembers kept,
            BackupManifest manifest) {
        List<String> found = new ArrayList<>();
        if (!label.startLsn().equals(start) || !label.timeline().equals(timeline)) {
            found.add(BackupLabel.FILE_NAME + " says that the backup begins at " + label.startLsn() + " of timeline "
                    + label.timeline() + ", the server said at " + start + " of timeline " + timeline);
        }
        String expected = Long.toUnsignedString(identity.systemIdentifier());
        Long inManifest = manifest.systemIdentifier();
        if (inManifest != null && inManifest != identity.systemIdentifier()) {
            found.add("the manifest is of the system " + Long.toUnsignedString(inManifest) + ", the server is "
                    + expected);
        }
        if (!kept.isFile(CollectedFindings.CONTROL_FILE)) {
            found.add("the backup has no " + CollectedFindings.CONTROL_FILE);
            return found;
        }
        try {
            ControlData control = ControlData.parse(kept.bytes(CollectedFindings.CONTROL_FILE));
            if (control.systemIdentifier() != identity.systemIdentifier()) {
                found.add(CollectedFindings.CONTROL_FILE + " is of the system "
                        + Long.toUnsignedString(control.systemIdentifier()) + ", the server is " + expected);
            }
        } catch (IllegalArgumentException e) {
            found.add("\"" + CollectedFindings.CONTROL_FILE + "\": " + e.getMessage());
        }
        return found;
    }
}
