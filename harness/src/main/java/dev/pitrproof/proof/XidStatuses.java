package dev.pitrproof.proof;

import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code pg_xact_status} said of each xid of a window.
 *
 * @param first the first xid asked, with epoch
 * @param end the snapshot's xmax: xids from here on are not committed, and asking for them is an error
 * @param answers by xid; every xid from {@code first} below {@code end} is there
 */
public record XidStatuses(long first, long end, Map<Long, Status> answers) {

    /** The answers of {@code pg_xact_status}. */
    public enum Status {
        COMMITTED,
        ABORTED,
        IN_PROGRESS,
        /** NULL: too old for the server to remember. */
        UNKNOWN;

        /** Reads the function's text result, or null. */
        public static Status of(@org.jspecify.annotations.Nullable String answer) {
            if (answer == null) {
                return UNKNOWN;
            }
            return switch (answer) {
                case "committed" -> COMMITTED;
                case "aborted" -> ABORTED;
                case "in progress" -> IN_PROGRESS;
                default ->
                    throw new IllegalArgumentException("pg_xact_status answered \"" + answer
                            + "\": expected committed, aborted, in progress or NULL");
            };
        }
    }

    public XidStatuses {
        answers = new TreeMap<>(answers);
    }

    /** The status of an xid; above the window every xid counts as in progress. */
    public Status of(long xid) {
        if (xid >= end) {
            return Status.IN_PROGRESS;
        }
        return answers.getOrDefault(xid, Status.UNKNOWN);
    }

    /** How many xids were asked. */
    public long asked() {
        return answers.size();
    }
}
