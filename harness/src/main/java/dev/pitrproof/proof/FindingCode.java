package dev.pitrproof.proof;

/**
 * Why a claim ended as it did: the stable codes that evidence, reports and {@code expect:} use. Codes are added, never
 * renamed.
 */
public enum FindingCode {
    /** Recovery stopped exactly where the WAL says it must. */
    TARGET_EXACT(true),
    /** The base backup is what its manifest says. */
    BACKUP_INTACT(true),
    /** The restored data are what they are claimed to be. */
    DATA_AS_CLAIMED(true),
    /** Recovery time, or recovery point, is within its bound. */
    OBJECTIVE_MET(true),
    /** The restore changed nothing outside its sandbox. */
    NO_SIDE_EFFECT(true),
    /** What the scenario says of its story came to pass. */
    STORY_AS_TOLD(true),
    /** A proof that was repeated on broken copies noticed every fault. */
    SABOTAGE_CAUGHT(true),
    /** A proof that was repeated on broken copies did not notice a fault, or took for one what does no harm. */
    SABOTAGE_MISSED,
    /** Recovery stopped before the target: something that must be there is missing. */
    STOPPED_EARLY,
    /** Recovery went past the target: something that must not be there is. */
    STOPPED_LATE,
    /** The restored cluster is on a timeline that does not lead to the target. */
    WRONG_BRANCH,
    /** The cluster is up but never went through archive recovery. */
    NOT_RECOVERED,
    /** The target lies before the point at which the backup is consistent. */
    BEFORE_CONSISTENCY,
    /** The WAL ended before the target. */
    TARGET_NOT_REACHED,
    /** The target is later than the last commit, and the WAL does not show that nothing else was committed up to it. */
    AFTER_LAST_COMMIT,
    /** A segment that recovery needs is not in the archive. */
    WAL_GAP,
    /** A segment that recovery needs cannot be read to its end. */
    WAL_CORRUPT,
    /** On the way to the target, the WAL was written at {@code wal_level=minimal}: it does not hold all that was done. */
    WAL_MINIMAL,
    /** A segment in the archive belongs to another cluster. */
    FOREIGN_WAL,
    /** The base backup is not what its manifest says. */
    BACKUP_DAMAGED,
    /** There is no such base backup: it was never completed. */
    BACKUP_MISSING,
    /** The story did not go as the scenario says it must. */
    STORY_DIFFERS,
    /** The restored data are not what they are claimed to be. */
    DATA_DIFFERS,
    /** The restore changed something outside its sandbox. */
    SIDE_EFFECT,
    /** The restore took longer than it may. */
    RTO_EXCEEDED,
    /** More was lost than may be. */
    RPO_EXCEEDED,
    /** There was nothing that the claim could be checked on. */
    NOTHING_TO_PROVE,
    /** This PostgreSQL cannot read the backup, which is no fault of the backup. */
    ENGINE_CANNOT_JUDGE,
    /** The machine failed the drill: no sandbox, no space, no connection. */
    ENVIRONMENT;

    private final boolean success;

    FindingCode() {
        this(false);
    }

    FindingCode(boolean success) {
        this.success = success;
    }

    /** Whether the code says that a claim holds, and so can be no reason for another verdict. */
    public boolean isSuccess() {
        return success;
    }
}
