package dev.pitrproof.proof;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalEntry.Kind;
import dev.pitrproof.wal.WalRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A small history of two timelines, a backup and a target, all from one seed.
 *
 * <p>Its events are plain numbers; {@link #records} gives the oracle the same as WAL records.
 *
 * @param events along the path of the restore: those of timeline 1, from the fork on those of timeline 2 if that is
 *     asked for
 * @param redo where the backup begins, which is the start of the first event
 * @param checkpoint the start of the backup's checkpoint record
 * @param backupEnd the position a standby's backup is consistent at
 */
record RandomHistory(
        List<Event> events, long redo, long checkpoint, long backupEnd, boolean fromStandby, Target target) {

    static final long EPOCH_MICROS = 1_772_366_400_000_000L;

    /** What an event is. */
    enum EventType {
        COMMIT,
        ABORT,
        COMMIT_PREPARED,
        ABORT_PREPARED,
        PREPARE,
        RESTORE_POINT,
        CHECKPOINT,
        BACKUP_END,
        OTHER
    }

    /**
     * One record.
     *
     * @param xid in full, with its epoch; 0 for none
     * @param micros its time; 0 for none
     * @param name of a restore point, else empty
     * @param number of a checkpoint the next xid, of a backup's end that backup's start
     */
    record Event(
            long start,
            long end,
            int timeline,
            EventType type,
            long xid,
            List<Long> subxids,
            long micros,
            String name,
            long number) {}

    /** What is asked for; only the values that {@code kind} needs count. */
    record Target(String kind, boolean inclusive, long micros, long xid, long lsn, String name) {}

    RandomHistory {
        events = List.copyOf(events);
    }

    RandomHistory with(List<Event> fewer) {
        return new RandomHistory(fewer, redo, checkpoint, backupEnd, fromStandby, target);
    }

    static RandomHistory of(long seed) {
        return new RandomHistoryWriter(new Random(seed)).write();
    }

    Prediction predict() {
        return predict(target.inclusive());
    }

    /** The oracle's word on it, with another {@code inclusive}. */
    Prediction predict(boolean inclusive) {
        return predict(recoveryTarget(inclusive));
    }

    /** Its word on another target. */
    Prediction predict(RecoveryTarget other) {
        Lsn end =
                new Lsn(events.isEmpty() ? redo : events.get(events.size() - 1).end());
        return Oracle.predict(records(), new WalEnd.Stopped(end), bounds(), other);
    }

    /** Where a sweep can halt on the way to where {@code whole} ends. */
    SweepCourse course(Prediction whole) {
        return SweepCourse.of(records(), bounds(), whole);
    }

    private BackupBounds bounds() {
        return new BackupBounds(new Lsn(redo), new Lsn(checkpoint), new Lsn(backupEnd), TimelineId.FIRST, fromStandby);
    }

    private RecoveryTarget recoveryTarget(boolean inclusive) {
        return switch (target.kind()) {
            case "time" -> new RecoveryTarget.Time(instant(target.micros()), inclusive);
            case "xid" -> new RecoveryTarget.Xid((int) target.xid(), inclusive);
            case "lsn" -> new RecoveryTarget.AtLsn(new Lsn(target.lsn()), inclusive);
            case "name" -> new RecoveryTarget.Name(target.name());
            case "immediate" -> new RecoveryTarget.Immediate();
            case "latest" -> new RecoveryTarget.Latest();
            default -> throw new AssertionError(target.kind());
        };
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private List<WalRecord> records() {
        List<WalRecord> records = new ArrayList<>();
        for (Event event : events) {
            Lsn previous = records.isEmpty()
                    ? Lsn.INVALID
                    : records.get(records.size() - 1).start();
            boolean prepared = event.type() == EventType.COMMIT_PREPARED || event.type() == EventType.ABORT_PREPARED;
            records.add(new WalRecord(
                    new Lsn(event.start()),
                    new Lsn(event.end()),
                    new TimelineId(event.timeline()),
                    prepared ? 0 : (int) event.xid(),
                    previous,
                    rmid(event.type()),
                    0,
                    (int) (event.end() - event.start()),
                    entry(event)));
        }
        return records;
    }

    private static int rmid(EventType type) {
        return switch (type) {
            case COMMIT, ABORT, COMMIT_PREPARED, ABORT_PREPARED, PREPARE -> WalRecord.RMID_TRANSACTION;
            case RESTORE_POINT, CHECKPOINT, BACKUP_END -> WalRecord.RMID_XLOG;
            case OTHER -> 10;
        };
    }

    private WalEntry entry(Event event) {
        return switch (event.type()) {
            case COMMIT -> end(Kind.COMMIT, event, null);
            case ABORT -> end(Kind.ABORT, event, null);
            case COMMIT_PREPARED -> end(Kind.COMMIT_PREPARED, event, "gid");
            case ABORT_PREPARED -> end(Kind.ABORT_PREPARED, event, "gid");
            case PREPARE -> new WalEntry.Prepare((int) event.xid(), instant(event.micros()), "gid", subxids(event));
            case RESTORE_POINT -> new WalEntry.RestorePoint(instant(event.micros()), event.name());
            case CHECKPOINT ->
                new WalEntry.Checkpoint(
                        redo == checkpoint,
                        new Lsn(redo),
                        new TimelineId(event.timeline()),
                        new TimelineId(event.timeline()),
                        event.number(),
                        instant(event.micros()).truncatedTo(ChronoUnit.SECONDS),
                        3,
                        0);
            case BACKUP_END -> new WalEntry.BackupEnd(new Lsn(event.number()));
            case OTHER -> new WalEntry.Other();
        };
    }

    private static WalEntry end(Kind kind, Event event, @Nullable String gid) {
        return new WalEntry.TransactionEnd(
                kind, (int) event.xid(), instant(event.micros()), subxids(event), List.of(), List.of(), gid);
    }

    private static List<Integer> subxids(Event event) {
        return event.subxids().stream().map(Long::intValue).toList();
    }
}
