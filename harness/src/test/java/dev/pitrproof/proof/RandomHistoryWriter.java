package dev.pitrproof.proof;

import dev.pitrproof.proof.RandomHistory.Event;
import dev.pitrproof.proof.RandomHistory.EventType;
import dev.pitrproof.proof.RandomHistory.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes up a {@link RandomHistory}: few distinct times, xids and names, so that they meet often. */
final class RandomHistoryWriter {

    private static final long REDO = 0x2000028;
    private static final List<String> NAMES = List.of("a", "A", "b");
    private static final List<String> KINDS =
            List.of("time", "time", "xid", "xid", "lsn", "lsn", "name", "immediate", "latest");

    private final Random random;
    private final List<Event> events = new ArrayList<>();
    private final List<List<Long>> running = new ArrayList<>();
    private final List<List<Long>> prepared = new ArrayList<>();
    private long position = REDO;
    private int timeline = 1;
    private long clock = RandomHistory.EPOCH_MICROS;
    private long nextXid;

    RandomHistoryWriter(Random random) {
        this.random = random;
        // now and then close to the end of an epoch
        this.nextXid = random.nextInt(4) == 0 ? 0x1_0000_0000L * random.nextInt(1, 3) - random.nextInt(1, 8) : 700;
        skipReserved();
    }

    RandomHistory write() {
        boolean fromStandby = random.nextInt(4) == 0;
        boolean shutdown = fromStandby && random.nextInt(3) == 0;
        if (!shutdown) {
            some(random.nextInt(0, 4));
        }
        long checkpoint = position;
        add(EventType.CHECKPOINT, 0, List.of(), "", nextXid);
        some(random.nextInt(0, 8));
        if (random.nextInt(8) == 0) {
            add(EventType.BACKUP_END, 0, List.of(), "", REDO - 0x100000);
        }
        long backupEnd = random.nextInt(10) == 0 ? REDO : position - random.nextInt(0, 3) * 8L;
        if (!fromStandby && random.nextInt(15) > 0) {
            add(EventType.BACKUP_END, 0, List.of(), "", REDO);
        }
        some(random.nextInt(0, 12));
        history();
        return new RandomHistory(events, REDO, checkpoint, backupEnd, fromStandby, target());
    }

    /** One of the two ways on from the fork; the other one reuses the same xids and is not on the path. */
    private void history() {
        List<Event> before = List.copyOf(events);
        List<List<Long>> runningThere = new ArrayList<>(running);
        List<List<Long>> preparedThere = new ArrayList<>(prepared);
        long positionThere = position;
        long xidThere = nextXid;
        some(random.nextInt(0, 8));
        if (random.nextBoolean()) {
            other.addAll(events.subList(before.size(), events.size()));
            events.clear();
            events.addAll(before);
            running.clear(); // whatever ran at the fork ended without a record
            prepared.clear();
            prepared.addAll(preparedThere);
            position = positionThere;
            nextXid = Math.max(xidThere, highest(runningThere) + 1);
            timeline = 2;
            some(random.nextInt(1, 8));
        }
    }

    /** What happened on timeline 1 behind the fork, where the path leads to timeline 2. */
    private final List<Event> other = new ArrayList<>();

    private static long highest(List<List<Long>> transactions) {
        return transactions.stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    private void some(int steps) {
        for (int i = 0; i < steps; i++) {
            // the clock stands still, goes on, or steps back
            clock += random.nextInt(5) == 0 ? -random.nextInt(1, 6) : random.nextInt(0, 3);
            step(random.nextInt(14));
        }
    }

    private void step(int kind) {
        switch (kind) {
            case 0, 1 -> begin();
            case 2, 3, 4 -> end(running, EventType.COMMIT);
            case 5 -> end(running, EventType.ABORT);
            case 6 -> abortSubtransaction();
            case 7 -> prepare();
            case 8 -> end(prepared, EventType.COMMIT_PREPARED);
            case 9 -> end(prepared, EventType.ABORT_PREPARED);
            case 10, 11 -> add(EventType.RESTORE_POINT, 0, List.of(), NAMES.get(random.nextInt(NAMES.size())), 0);
            case 12 -> add(EventType.CHECKPOINT, 0, List.of(), "", nextXid);
            default -> add(EventType.OTHER, 0, List.of(), "", 0);
        }
    }

    private void begin() {
        List<Long> xids = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            xids.add(nextXid);
            nextXid++;
            skipReserved();
        }
        running.add(xids);
        add(EventType.OTHER, xids.get(xids.size() - 1), List.of(), "", 0);
    }

    private void skipReserved() {
        if ((nextXid & 0xFFFF_FFFFL) < 3) {
            nextXid = (nextXid & ~0xFFFF_FFFFL) + 3;
        }
    }

    private void end(List<List<Long>> among, EventType type) {
        if (among.isEmpty()) {
            return;
        }
        List<Long> xids = among.remove(random.nextInt(among.size()));
        add(type, xids.get(0), xids.subList(1, xids.size()), "", 0);
    }

    private void abortSubtransaction() {
        running.stream().filter(xids -> xids.size() > 1).findFirst().ifPresent(xids -> {
            long aborted = xids.get(xids.size() - 1);
            running.set(running.indexOf(xids), xids.subList(0, xids.size() - 1));
            add(EventType.ABORT, aborted, List.of(), "", 0);
        });
    }

    private void prepare() {
        if (!running.isEmpty()) {
            List<Long> xids = running.remove(0);
            prepared.add(xids);
            add(EventType.PREPARE, xids.get(0), xids.subList(1, xids.size()), "", 0);
        }
    }

    private void add(EventType type, long xid, List<Long> subxids, String name, long number) {
        long start = position;
        long length = random.nextInt(3, 40) * 8L;
        position = start + length;
        events.add(new Event(
                start,
                position,
                timeline,
                type,
                xid,
                List.copyOf(subxids),
                type == EventType.OTHER ? 0 : clock,
                name,
                number));
        if (random.nextInt(6) == 0) {
            position += 24; // a page header lies between
        }
    }

    private Target target() {
        List<Event> all = new ArrayList<>(events);
        all.addAll(other);
        Event event = all.get(random.nextInt(all.size()));
        long micros = (event.micros() == 0 ? clock : event.micros()) + random.nextInt(-1, 2);
        long xid = random.nextInt(5) == 0 ? nextXid - random.nextInt(5) : someXid(event);
        long lsn = random.nextBoolean() ? event.start() : event.end() + random.nextInt(-9, 10);
        return new Target(
                KINDS.get(random.nextInt(KINDS.size())),
                random.nextBoolean(),
                micros,
                xid,
                lsn,
                NAMES.get(random.nextInt(NAMES.size())));
    }

    private long someXid(Event event) {
        return event.subxids().isEmpty() || random.nextInt(4) > 0
                ? event.xid()
                : event.subxids().get(0);
    }
}
