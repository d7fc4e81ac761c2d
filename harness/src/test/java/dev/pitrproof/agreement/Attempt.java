package dev.pitrproof.agreement;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.wal.TimelineId;

/**
 * One target to try.
 *
 * @param situation what is special about it, a few words for the table of results
 */
record Attempt(String situation, RecoveryTarget target, TimelineId timeline, BaseBackup backup) {

    /** The kind of target, for the table of results. */
    String kind() {
        boolean hasChoice = target instanceof RecoveryTarget.Time
                || target instanceof RecoveryTarget.Xid
                || target instanceof RecoveryTarget.AtLsn;
        return target.kind() + (!hasChoice ? "" : target.inclusive() ? ", inclusive" : ", exclusive");
    }

    @Override
    public String toString() {
        return kind() + " \"" + target.value() + "\" (" + situation + "), timeline " + timeline + ", backup \""
                + backup.label().label() + "\"";
    }
}
