package dev.pitrproof.wal;

import dev.pitrproof.wal.WalEntry.RelationFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names of relations, which the WAL does not hold: by OID and by file, as they were at one moment.
 *
 * <p>Names do not change with the WAL that is read: a relation made later has none here, and one renamed later has its
 * old one.
 */
public final class RelationNames {

    /** No names at all. */
    public static final RelationNames NONE = new RelationNames(Map.of(), List.of());

    private final Map<Integer, String> databases = new HashMap<>();
    private final Map<Long, RelationName> byOid = new HashMap<>();
    private final Map<RelationFile, RelationName> byFile = new HashMap<>();

    /**
     * @param databases the databases' names by OID
     * @param relations where two have the same OID or file, the later one counts
     */
    public RelationNames(Map<Integer, String> databases, List<RelationName> relations) {
        this.databases.putAll(databases);
        for (RelationName relation : relations) {
            byOid.put(key(relation.databaseOid(), relation.oid()), relation);
            relation.place().ifPresent(file -> byFile.put(file, relation));
        }
    }

    private static long key(int database, int oid) {
        return (long) database << 32 | Integer.toUnsignedLong(oid);
    }

    /** These names, and those of {@code others} for what has none here. */
    public RelationNames orElse(RelationNames others) {
        RelationNames both = new RelationNames(others.databases, List.of());
        both.byOid.putAll(others.byOid);
        both.byFile.putAll(others.byFile);
        both.databases.putAll(databases);
        both.byOid.putAll(byOid);
        both.byFile.putAll(byFile);
        return both;
    }

    /** The relation with an OID, which it keeps for life. */
    public Optional<RelationName> byOid(int database, int oid) {
        return Optional.ofNullable(byOid.get(key(database, oid)));
    }

    /** The relation that had its data in a file. */
    public Optional<RelationName> byFile(RelationFile file) {
        return Optional.ofNullable(byFile.get(file));
    }

    /** A database's name. */
    public Optional<String> database(int oid) {
        return Optional.ofNullable(databases.get(oid));
    }

    /** All relations, each by its newest name, in no order. */
    public List<RelationName> relations() {
        return List.copyOf(byOid.values());
    }

    public boolean isEmpty() {
        return byOid.isEmpty();
    }
}
