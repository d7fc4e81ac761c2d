package dev.pitrproof.wal;

import dev.pitrproof.wal.Removal.What;
import dev.pitrproof.wal.WalEntry.RelationFile;
import dev.pitrproof.wal.WalEntry.TransactionEnd;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what each transaction dropped or truncated, from the WAL record by record.
 *
 * <p>A commit record lists the files that it removes. That alone tells a DROP from nothing: TRUNCATE, VACUUM FULL,
 * CLUSTER, REINDEX, REFRESH MATERIALIZED VIEW and a rewriting ALTER TABLE give a relation a new file and remove its old
 * one. What tells them apart:
 *
 * <ul>
 *   <li>From 15 on a commit also lists the relations whose statistics go: every one that is dropped, by OID, and none
 *       that is truncated. VACUUM FULL, CLUSTER and ALTER TABLE drop one, too, the transient table of
 *       {@code make_new_heap}; the same transaction has created that, with a file whose number is the OID. So an OID that
 *       is no such number was <em>dropped</em>, and one that is shows a <em>rewrite</em>.
 *   <li>Where no statistics go, each removed file was replaced in place, by {@code RelationSetNewRelfilenumber}: of a
 *       table by TRUNCATE or, in another tablespace, SET TABLESPACE; of an index by REINDEX; of a sequence by ALTER
 *       SEQUENCE. It takes the name, and with it the kind, to know which.
 *   <li>Whatever replaces a file creates one first, under the xid that its exclusive lock has assigned. So a file removed
 *       by a transaction that has created none was <em>dropped</em>, also before 15.
 *   <li>With {@code wal_level=logical} TRUNCATE names its tables itself.
 * </ul>
 *
 * <p>All this takes the transaction's records from its first on. Of one that was running already where reading began,
 * or began anew behind a gap, only what needs no earlier record is said for sure. One limit is left: a TRUNCATE in the
 * same transaction as a rewriting ALTER TABLE is told as a rewrite too.
 *
 * <p>Not for several threads. Keeps what running transactions have created.
 */
public final class RelationChanges {

    private static final List<Removal> NOTHING = List.of();

    private final RelationNames names;
    private final boolean statistics;

    /** What the transactions that run have done, by xid; a subtransaction's is under its own. */
    private final Map<Integer, List<WalEntry>> running = new HashMap<>();

    private final Successors files;

    private @Nullable TimelineId timeline;
    private @Nullable Lsn begin;
    private @Nullable Integer firstWholeXid;

    /** @param major the PostgreSQL version that wrote the WAL */
    public RelationChanges(RelationNames names, int major) {
        this.names = names;
        this.files = new Successors(names);
        this.statistics = major >= 15;
    }

    /**
     * Tells that what follows begins at {@code position} and is not linked to what was accepted before: there is a gap, or
     * reading begins. Not needed for the first record, nor where another timeline begins.
     */
    public void begin(Lsn position) {
        running.clear();
        begin = position;
        timeline = null;
        firstWholeXid = null;
    }

    /**
     * Takes the next record, and tells what it removed if it is a commit, the relations with names first. Records that are
     * {@link WalEntry.Other} may be left out.
     */
    public List<Removal> accept(WalRecord record) {
        if (begin == null || (timeline != null && !record.timeline().equals(timeline))) {
            begin(record.start());
        }
        timeline = record.timeline();
        WalEntry entry = record.entry();
        if (record.xid() != 0
                && (entry instanceof WalEntry.FileCreated
                        || entry instanceof WalEntry.RelationsTruncated
                        || entry instanceof WalEntry.DatabaseDropped)) {
            List<WalEntry> did = running.get(record.xid());
            if (did == null) {
                did = new ArrayList<>();
                running.put(record.xid(), did);
            }
            did.add(entry);
        } else if (entry instanceof WalEntry.Checkpoint checkpoint) {
            // whatever got its xid later wrote everything behind the redo position
            if (firstWholeXid == null && begin != null && !checkpoint.redo().isBefore(begin)) {
                firstWholeXid = (int) checkpoint.nextFullXid();
            }
        } else if (entry instanceof TransactionEnd end) {
            return ended(end);
        }
        return NOTHING;
    }

    private List<Removal> ended(TransactionEnd end) {
        List<WalEntry> did = running.isEmpty() ? List.of() : done(end);
        if (!end.kind().commits()
                || (did.isEmpty()
                        && end.removedFiles().isEmpty()
                        && end.droppedRelations().isEmpty())) {
            return NOTHING;
        }
        return new Ended(end, did).removals();
    }

    private List<WalEntry> done(TransactionEnd end) {
        List<WalEntry> did = new ArrayList<>(running.getOrDefault(end.xid(), List.of()));
        running.remove(end.xid());
        for (int subxid : end.subxids()) {
            List<WalEntry> below = running.remove(subxid);
            if (below != null) {
                did.addAll(below);
            }
        }
        return did;
    }

    private boolean sawAllOf(int xid) {
        return firstWholeXid != null && xid - firstWholeXid >= 0;
    }

    /** One commit that removes something. */
    private final class Ended {

        private final TransactionEnd end;
        private final boolean whole;
        private final List<RelationFile> created = new ArrayList<>();
        private final List<RelationFile> removed;
        private final List<Removal> removals = new ArrayList<>();
        private final List<WalEntry> did;
        private final boolean oneForOne;

        Ended(TransactionEnd end, List<WalEntry> did) {
            this.end = end;
            this.whole = sawAllOf(end.xid());
            this.did = did;
            for (WalEntry entry : did) {
                if (entry instanceof WalEntry.FileCreated file && file.fork() == 0) {
                    created.add(file.file());
                }
            }
            this.removed = new ArrayList<>(end.removedFiles());
            // what comes and goes with the transaction was never there for others
            removed.removeAll(created);
            this.oneForOne = removed.size() == end.removedFiles().size() && removed.size() == created.size();
        }

        List<Removal> removals() {
            for (WalEntry entry : did) {
                if (entry instanceof WalEntry.DatabaseDropped dropped) {
                    int database = dropped.database();
                    String name = names.database(database).orElse(null);
                    removals.add(new Removal(What.DATABASE_DROPPED, database, 0, null, null, name));
                } else if (entry instanceof WalEntry.RelationsTruncated truncated) {
                    for (int oid : truncated.relations()) {
                        relation(What.TRUNCATED, truncated.database(), oid);
                    }
                }
            }
            Set<Integer> objects = Set.copyOf(end.droppedRelations());
            List<RelationFile> transients = new ArrayList<>();
            List<Integer> dropped = new ArrayList<>(end.droppedRelations());
            for (RelationFile file : created) {
                if (objects.contains(file.relfilenumber())) {
                    transients.add(file);
                    dropped.removeAll(List.of(file.relfilenumber()));
                }
            }
            boolean partsOnly = statistics && whole && !created.isEmpty() && areParts(dropped);
            boolean inPlace = partsOnly && objects.isEmpty();
            if (inPlace && oneForOne) {
                files.replacedInPlace(created, end.removedFiles());
            } else if (partsOnly && !transients.isEmpty()) {
                files.swapped(created, transients, end.removedFiles(), dropped.isEmpty());
            }
            for (int oid : dropped) {
                boolean sure = whole || names.byOid(end.database(), oid).isPresent();
                relation(sure ? What.DROPPED : What.DROPPED_OR_REWRITTEN, end.database(), oid);
            }
            boolean droppedOnly = whole && created.isEmpty() && !(statistics && dropped.isEmpty());
            if (!(droppedOnly && belongToNamedOnes())) {
                for (RelationFile file : removed) {
                    RelationName name = files.name(file);
                    What what = droppedOnly
                            ? What.DROPPED
                            : inPlace ? replaced(file, name) : partsOnly ? What.REWRITTEN : What.DROPPED_OR_REWRITTEN;
                    removals.add(removal(what, file.database(), name == null ? 0 : name.oid(), file, name));
                }
            }
            removals.sort(new ByRank());
            return List.copyOf(removals);
        }

        private boolean areParts(List<Integer> oids) {
            for (int oid : oids) {
                RelationName name = names.byOid(end.database(), oid).orElse(null);
                if (name == null || !name.isPart()) {
                    return false;
                }
            }
            return true;
        }

        /** Each file that is left is of one of the relations that are told by OID, and has come to it unnoticed. */
        private boolean belongToNamedOnes() {
            boolean named = false;
            int withoutFile = 0;
            for (Removal removal : removals) {
                named |= removal.name() != null;
                withoutFile += removal.file() == null ? 1 : 0;
            }
            return named && withoutFile >= removed.size();
        }

        /** A relation that is known by its OID takes its file with it. */
        private void relation(What what, int database, int oid) {
            RelationName name = names.byOid(database, oid).orElse(null);
            RelationFile own = null;
            for (RelationFile file : removed) {
                RelationName holder = files.name(file);
                boolean same = holder == null ? file.relfilenumber() == oid : holder.oid() == oid;
                if (same && (file.database() == database || database == 0)) {
                    own = file;
                }
            }
            if (own != null) {
                removed.remove(own);
            }
            removals.add(removal(what, own == null ? database : own.database(), oid, own, name));
        }

        private What replaced(RelationFile file, @Nullable RelationName name) {
            if (name == null) {
                return What.TRUNCATED_OR_REWRITTEN;
            }
            boolean table = name.kind() == 'r' || name.kind() == 't' || name.kind() == 'm';
            boolean moved = created.stream().noneMatch(other -> other.tablespace() == file.tablespace());
            return table && !moved ? What.TRUNCATED : What.REWRITTEN;
        }
    }

    private Removal removal(
            What what, int database, int oid, @Nullable RelationFile file, @Nullable RelationName name) {
        return new Removal(
                what, database, oid, file, name, names.database(database).orElse(null));
    }

    private static final class ByRank implements Comparator<Removal> {
        @Override
        public int compare(Removal a, Removal b) {
            return Integer.compare(rank(a), rank(b));
        }
    }

    /** What a reader looks for comes first: databases, tables, other things with a name, what has none, parts. */
    private static int rank(Removal removal) {
        RelationName name = removal.name();
        if (removal.what() == What.DATABASE_DROPPED) {
            return 0;
        } else if (name == null) {
            return 4;
        } else if (name.isPart() || name.isSystem()) {
            return 5;
        }
        return name.kind() == 'r' || name.kind() == 'p' ? 1 : name.kind() == 'm' ? 2 : 3;
    }
}
