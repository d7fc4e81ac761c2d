package dev.pitrproof.proof;

import dev.pitrproof.proof.RandomHistory.Event;
import dev.pitrproof.proof.RandomHistory.EventType;
import dev.pitrproof.proof.RandomHistory.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What recovery does, written down from PostgreSQL's rules as plainly as can be and without regard to speed: go through
 * the events, ask before and after each whether to stop.
 */
final class ObviousModel {

    /** A mistake in the model, to see that a comparison with it can fail. */
    enum Mistake {
        NONE,
        TIME_LOOKS_FOR_THE_LAST_END_UP_TO_IT,
        TIME_LOOKS_AT_RESTORE_POINTS,
        TIME_DOES_NOT_LOOK_AT_ABORTS,
        EXCLUSIVE_TIME_KEEPS_EQUAL_TIMES,
        XID_COMPARES_ORDER,
        XID_MEETS_SUBTRANSACTIONS,
        XID_STOPS_AT_PREPARE,
        LSN_LOOKS_AT_THE_END,
        NAME_LOOKS_FOR_THE_LAST,
        IMMEDIATE_APPLIES_ONE_MORE,
        CONSISTENT_FROM_THE_BEGINNING,
        SHUTDOWN_CHECKPOINT_IS_APPLIED
    }

    /**
     * How recovery ends.
     *
     * @param endLsn behind the last event that is applied, or was read before replay begins
     * @param nextXid that the cluster assigns afterwards
     * @param leftOut commits that are meant and not applied
     */
    record Answer(
            String reach,
            long endLsn,
            Set<Long> committed,
            Set<Long> aborted,
            Set<Long> later,
            Set<Long> leftOut,
            long nextXid) {}

    private final RandomHistory history;
    private final Target target;
    private final Mistake mistake;

    private ObviousModel(RandomHistory history, Mistake mistake) {
        this.history = history;
        this.target = history.target();
        this.mistake = mistake;
    }

    static Answer answer(RandomHistory history, Mistake mistake) {
        return new ObviousModel(history, mistake).answer();
    }

    private Answer answer() {
        List<Event> applied = new ArrayList<>();
        List<Event> rest = new ArrayList<>(history.events());
        boolean consistent = isConsistent(applied);
        if (history.redo() == history.checkpoint() && mistake != Mistake.SHUTDOWN_CHECKPOINT_IS_APPLIED) {
            applied.add(rest.remove(0)); // read as the starting point; nothing is asked before or after it
            consistent = isConsistent(applied);
        }
        boolean stopped = false;
        while (!stopped && !rest.isEmpty()) {
            Event next = rest.get(0);
            if (stopsBefore(next, consistent, rest)) {
                stopped = true;
            } else {
                applied.add(rest.remove(0));
                consistent = isConsistent(applied);
                stopped = stopsAfter(next, consistent, rest);
            }
        }
        if (target.kind().equals("latest") && consistent) {
            stopped = true;
        }
        String reach = !stopped ? "NOT_REACHED" : consistent ? "REACHED" : "BEFORE_CONSISTENCY";
        return describe(reach, applied, rest);
    }

    private boolean isConsistent(List<Event> applied) {
        if (mistake == Mistake.CONSISTENT_FROM_THE_BEGINNING) {
            return true;
        }
        if (history.fromStandby()) {
            long replayed = applied.isEmpty()
                    ? history.redo()
                    : applied.get(applied.size() - 1).end();
            return replayed >= history.backupEnd();
        }
        return applied.stream()
                .anyMatch(event -> event.type() == EventType.BACKUP_END && event.number() == history.redo());
    }

    private boolean stopsBefore(Event event, boolean consistent, List<Event> rest) {
        return switch (target.kind()) {
            case "immediate" -> consistent && mistake != Mistake.IMMEDIATE_APPLIES_ONE_MORE;
            case "lsn" -> !target.inclusive() && beyondLsn(event);
            case "xid" -> !target.inclusive() && isEnd(event) && meetsXid(event);
            case "time" -> beyondTime(event, rest);
            default -> false;
        };
    }

    private boolean stopsAfter(Event event, boolean consistent, List<Event> rest) {
        return switch (target.kind()) {
            case "name" ->
                isNamed(event)
                        && (mistake != Mistake.NAME_LOOKS_FOR_THE_LAST
                                || rest.stream().noneMatch(this::isNamed));
            case "lsn" -> target.inclusive() && beyondLsn(event);
            case "xid" -> target.inclusive() && isEnd(event) && meetsXid(event);
            case "immediate" ->
                consistent
                        && (isEnd(event)
                                || event.type() == EventType.PREPARE
                                || mistake == Mistake.IMMEDIATE_APPLIES_ONE_MORE);
            default -> false;
        };
    }

    private boolean isNamed(Event event) {
        return event.type() == EventType.RESTORE_POINT && event.name().equals(target.name());
    }

    private boolean beyondLsn(Event event) {
        return (mistake == Mistake.LSN_LOOKS_AT_THE_END ? event.end() : event.start()) >= target.lsn();
    }

    private boolean isEnd(Event event) {
        return switch (event.type()) {
            case COMMIT, COMMIT_PREPARED, ABORT, ABORT_PREPARED -> true;
            case PREPARE -> mistake == Mistake.XID_STOPS_AT_PREPARE;
            case RESTORE_POINT, CHECKPOINT, BACKUP_END, OTHER -> false;
        };
    }

    private boolean meetsXid(Event event) {
        long wanted = target.xid() & 0xFFFF_FFFFL;
        if (mistake == Mistake.XID_MEETS_SUBTRANSACTIONS
                && event.subxids().stream().anyMatch(xid -> (xid & 0xFFFF_FFFFL) == wanted)) {
            return true;
        }
        long found = event.xid() & 0xFFFF_FFFFL;
        return mistake == Mistake.XID_COMPARES_ORDER ? found >= wanted : found == wanted;
    }

    private boolean beyondTime(Event event, List<Event> rest) {
        boolean looksAtIt =
                switch (event.type()) {
                    case COMMIT, COMMIT_PREPARED -> true;
                    case ABORT, ABORT_PREPARED -> mistake != Mistake.TIME_DOES_NOT_LOOK_AT_ABORTS;
                    case RESTORE_POINT -> mistake == Mistake.TIME_LOOKS_AT_RESTORE_POINTS;
                    case PREPARE, CHECKPOINT, BACKUP_END, OTHER -> false;
                };
        return looksAtIt
                && isBeyond(event)
                && (mistake != Mistake.TIME_LOOKS_FOR_THE_LAST_END_UP_TO_IT
                        || rest.stream().noneMatch(later -> isEnd(later) && !isBeyond(later)));
    }

    private boolean isBeyond(Event event) {
        boolean keepsEqual = target.inclusive() || mistake == Mistake.EXCLUSIVE_TIME_KEEPS_EQUAL_TIMES;
        return keepsEqual ? event.micros() > target.micros() : event.micros() >= target.micros();
    }

    private Answer describe(String reach, List<Event> applied, List<Event> rest) {
        Set<Long> committed = new TreeSet<>();
        Set<Long> aborted = new TreeSet<>();
        Set<Long> later = new TreeSet<>();
        Set<Long> leftOut = new TreeSet<>();
        long next = 0;
        for (Event event : history.events()) {
            if (event.start() == history.checkpoint()) {
                next = event.number();
            }
        }
        for (Event event : applied) {
            if (event.type() == EventType.COMMIT || event.type() == EventType.COMMIT_PREPARED) {
                committed.add(event.xid());
                committed.addAll(event.subxids());
            } else if (event.type() == EventType.ABORT || event.type() == EventType.ABORT_PREPARED) {
                aborted.add(event.xid());
                aborted.addAll(event.subxids());
            }
            next = Math.max(next, event.type() == EventType.CHECKPOINT ? event.number() : 0);
            next = Math.max(next, event.xid() + 1);
            for (long xid : event.subxids()) {
                next = Math.max(next, xid + 1);
            }
        }
        for (Event event : rest) {
            boolean commits = event.type() == EventType.COMMIT || event.type() == EventType.COMMIT_PREPARED;
            if (commits || event.type() == EventType.ABORT || event.type() == EventType.ABORT_PREPARED) {
                later.add(event.xid());
                later.addAll(event.subxids());
            }
            if (commits && target.kind().equals("time") && !isBeyond(event)) {
                leftOut.add(event.xid());
            }
        }
        while ((next & 0xFFFF_FFFFL) < 3) {
            next++;
        }
        long end = applied.isEmpty()
                ? history.redo()
                : applied.get(applied.size() - 1).end();
        return new Answer(reach, end, committed, aborted, later, leftOut, next);
    }
}
