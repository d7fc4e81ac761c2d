package dev.pitrproof.agreement;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalEntry.Prepare;
import dev.pitrproof.wal.WalEntry.RestorePoint;
import dev.pitrproof.wal.WalEntry.TransactionEnd;
import dev.pitrproof.wal.WalRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** Chooses targets in a history: one for every edge that is known to matter, and random ones. */
final class Attempts {

    private static final int EACH = 2;

    private final History history;
    private final Random random;
    private final int segmentSize;
    private final Map<TimelineId, List<WalRecord>> paths;
    private final List<Attempt> edges = new ArrayList<>();
    private TimelineId timeline = History.FIRST;
    private BaseBackup backup;

    /** @param paths the records from the first backup on along the path of each timeline */
    Attempts(History history, Map<TimelineId, List<WalRecord>> paths, int segmentSize, Random random) {
        this.history = history;
        this.paths = paths;
        this.segmentSize = segmentSize;
        this.random = random;
        this.backup = history.backups().get(0);
    }

    /** At least so many, all of the edges among them. */
    List<Attempt> all(int atLeast) {
        for (TimelineId each : paths.keySet()) {
            timeline = each;
            times();
            transactions();
            positions();
            namesAndAll();
        }
        sharedXids();
        beforeConsistency();
        List<Attempt> all = new ArrayList<>(edges);
        edges.clear();
        while (all.size() + edges.size() < atLeast) {
            atRandom();
        }
        all.addAll(edges);
        return all;
    }

    /** One of each kind, and then of each situation, as far as the number goes. */
    List<Attempt> some(int number) {
        List<Attempt> all = new ArrayList<>(all(200));
        Collections.shuffle(all, random);
        Map<String, Attempt> chosen = new LinkedHashMap<>();
        all.forEach(attempt -> chosen.putIfAbsent(attempt.kind(), attempt));
        all.forEach(attempt -> chosen.putIfAbsent(attempt.situation(), attempt));
        return chosen.values().stream().limit(number).toList();
    }

    private List<WalRecord> records() {
        return Objects.requireNonNull(paths.get(timeline));
    }

    private List<WalRecord> ends() {
        return records().stream()
                .filter(record -> record.entry() instanceof TransactionEnd)
                .toList();
    }

    private static TransactionEnd end(WalRecord record) {
        return (TransactionEnd) record.entry();
    }

    private WalRecord any(List<WalRecord> records) {
        return records.get(random.nextInt(records.size()));
    }

    private void add(String situation, RecoveryTarget target) {
        edges.add(new Attempt(situation, target, timeline, backup));
    }

    private void time(String situation, Instant time) {
        add(situation, new RecoveryTarget.Time(time, true));
        add(situation, new RecoveryTarget.Time(time, false));
    }

    private void xid(String situation, int xid) {
        add(situation, new RecoveryTarget.Xid(xid, true));
        add(situation, new RecoveryTarget.Xid(xid, false));
    }

    private void lsn(String situation, Lsn lsn) {
        add(situation, new RecoveryTarget.AtLsn(lsn, true));
        add(situation, new RecoveryTarget.AtLsn(lsn, false));
    }

    private static Instant micros(Instant time, long micros) {
        return time.plus(micros, ChronoUnit.MICROS);
    }

    private void times() {
        List<WalRecord> ends = ends();
        int equal = 0;
        int backwards = 0;
        for (int i = ends.size() / 3; i + 1 < ends.size(); i++) {
            Instant here = end(ends.get(i)).time();
            Instant next = end(ends.get(i + 1)).time();
            if (here.equals(next) && equal++ < EACH) {
                time("equal timestamps", here);
            } else if (next.isBefore(here) && backwards++ < EACH) {
                time("a time that goes backwards", next);
                time("just before a time that goes backwards", micros(here, -1));
            }
        }
        Instant last = end(ends.get(ends.size() - 1)).time();
        time("the last transaction end", last);
        time("after the last transaction end", micros(last, 1));
        time("before everything", micros(end(ends.get(0)).time(), -1_000_000));
        WalRecord point = any(of(RestorePoint.class));
        time("a restore point's time", ((RestorePoint) point.entry()).time());
    }

    private List<WalRecord> of(Class<? extends WalEntry> kind) {
        return records().stream()
                .filter(record -> kind.isInstance(record.entry()))
                .toList();
    }

    private void transactions() {
        Map<Integer, Prepare> prepared = new HashMap<>();
        of(Prepare.class).forEach(record -> prepared.put(((Prepare) record.entry()).xid(), (Prepare) record.entry()));
        Map<String, Integer> met = new HashMap<>();
        List<WalRecord> ends = new ArrayList<>(ends());
        Collections.shuffle(ends, random);
        for (WalRecord record : ends) {
            TransactionEnd end = end(record);
            String kind = end.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
            if (met.merge(kind, 1, Integer::sum) <= EACH) {
                xid("the xid of one " + kind, end.xid());
                time("the time of one " + kind, end.time());
            }
            if (!end.subxids().isEmpty() && met.merge("subxid", 1, Integer::sum) <= EACH) {
                xid("a sub-transaction's xid", end.subxids().get(0));
            }
            Prepare begun = prepared.get(end.xid());
            if (begun != null && met.merge("between", 1, Integer::sum) <= EACH) {
                time("between prepare and its second phase", micros(end.time(), -1));
                lsn("between prepare and its second phase", record.start().plus(-8));
            }
        }
        abortsOfSubtransactions();
        temporaryTables();
        xid("an xid that ended before the backup", (int) history.firstXid());
        xid("an xid that was never assigned", (int) history.firstXid() + 1_000_000);
    }

    /** Those whose xid is above that of a transaction which ends later. */
    private void abortsOfSubtransactions() {
        List<WalRecord> ends = ends();
        int met = 0;
        for (int i = 0; i + 1 < ends.size() && met < EACH; i++) {
            TransactionEnd end = end(ends.get(i));
            if (end.kind() == WalEntry.Kind.ABORT && end(ends.get(i + 1)).xid() == end.xid() - 1) {
                met++;
                xid("a sub-transaction that aborted", end.xid());
                time("a sub-transaction that aborted", end.time());
            }
        }
    }

    private void temporaryTables() {
        List<Integer> xids = new ArrayList<>(history.temporaryXids());
        Collections.shuffle(xids, random);
        List<WalRecord> commits = ends().stream()
                .filter(record -> xids.contains(end(record).xid()))
                .limit(EACH)
                .toList();
        for (WalRecord commit : commits) {
            xid("a transaction on a temporary table", end(commit).xid());
            time("a transaction on a temporary table", end(commit).time());
            time(
                    "just before a transaction on a temporary table",
                    micros(end(commit).time(), -1));
        }
    }

    private void positions() {
        List<WalRecord> records = records();
        for (int i = 0; i < EACH; i++) {
            WalRecord record = any(records);
            lsn("a record's start", record.start());
            lsn("inside a record", record.start().plus(1));
            lsn("a record's end", record.end());
        }
        int borders = 0;
        for (WalRecord record : records) {
            long first = record.start().value() / segmentSize;
            long last = record.end().value() / segmentSize;
            if (first != last && borders++ < EACH) {
                lsn("a segment's border", new Lsn(last * segmentSize));
                lsn("just behind a segment's border", new Lsn(last * segmentSize + 40));
            }
        }
        List<WalRecord> switches = of(WalEntry.SegmentSwitch.class);
        lsn("in the rest of a segment that was switched", any(switches).start().plus(64));
        WalRecord last = records.get(records.size() - 1);
        lsn("the last record", last.start());
        lsn("the end of the WAL", last.end());
        lsn("behind the WAL", last.end().plus(10L * segmentSize));
        lsn("before the backup", backup.startLsn().plus(-8));
        lsn("the redo position", backup.startLsn());
        lsn("where the backup ends", backup.stopLsn());
        Objects.requireNonNull(paths.get(History.SECOND)).stream()
                .filter(record -> record.timeline().equals(History.SECOND))
                .findFirst()
                .ifPresent(fork -> lsn("the fork", fork.start()));
    }

    private void namesAndAll() {
        Set<String> names = new HashSet<>();
        List<WalRecord> points = new ArrayList<>(of(RestorePoint.class));
        Collections.shuffle(points, random);
        for (WalRecord point : points) {
            String name = ((RestorePoint) point.entry()).name();
            if (names.size() < 2 * EACH && names.add(name)) {
                add("a restore point", new RecoveryTarget.Name(name));
            }
        }
        add("no restore point has the name", new RecoveryTarget.Name("nowhere"));
        for (BaseBackup each : history.backups()) {
            edges.add(new Attempt("as soon as possible", new RecoveryTarget.Immediate(), timeline, each));
            edges.add(new Attempt("all the WAL", new RecoveryTarget.Latest(), timeline, each));
        }
    }

    /** Each is another transaction on either timeline. */
    private void sharedXids() {
        Map<Integer, Lsn> first = new HashMap<>();
        timeline = History.FIRST;
        ends().forEach(record -> first.put(end(record).xid(), record.start()));
        timeline = History.SECOND;
        List<Integer> shared = new ArrayList<>(ends().stream()
                .filter(record -> first.containsKey(end(record).xid())
                        && !record.start().equals(first.get(end(record).xid())))
                .map(record -> end(record).xid())
                .toList());
        Collections.shuffle(shared, random);
        for (int xid : shared.subList(0, Math.min(2 * EACH, shared.size()))) {
            for (TimelineId each : paths.keySet()) {
                timeline = each;
                xid("an xid that exists on two timelines", xid);
            }
        }
    }

    private void beforeConsistency() {
        timeline = History.FIRST;
        for (BaseBackup each : history.backups()) {
            backup = each;
            List<WalRecord> during = records().stream()
                    .filter(record -> !record.start().isBefore(each.startLsn()))
                    .filter(record -> record.end().isBefore(each.stopLsn()))
                    .toList();
            for (WalRecord record : during) {
                if (record.entry() instanceof TransactionEnd end && random.nextInt(during.size()) < 6) {
                    time("before consistency", end.time());
                    xid("before consistency", end.xid());
                    lsn("before consistency", record.end());
                }
            }
            add("before consistency", new RecoveryTarget.Name("during the backup"));
            lsn("at consistency", each.stopLsn().plus(-8));
        }
        backup = history.backups().get(0);
    }

    private void atRandom() {
        timeline = random.nextBoolean() ? History.FIRST : History.SECOND;
        backup = history.backups().get(random.nextInt(history.backups().size()));
        WalRecord record = any(records());
        WalRecord ended = any(ends());
        switch (random.nextInt(4)) {
            case 0 -> time("random", micros(end(ended).time(), random.nextInt(-300, 301)));
            case 1 -> time("random", end(ended).time());
            case 2 -> xid("random", end(ended).xid());
            default -> lsn("random", record.start().plus(random.nextInt(-20, 21)));
        }
    }
}
