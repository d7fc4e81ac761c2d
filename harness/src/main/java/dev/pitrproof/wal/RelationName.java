package dev.pitrproof.wal;

import dev.pitrproof.wal.WalEntry.RelationFile;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A relation by name, as a row of {@code pg_class} told it at some moment.
 *
 * @param database the database's name
 * @param schema the schema's name
 * @param name {@code relname}
 * @param kind {@code relkind}: r table, i index, t TOAST table, S sequence, v view, m materialized view, p partitioned
 *     table, I partitioned index, f foreign table, c composite type
 * @param databaseOid the database's OID
 * @param oid the relation's OID
 * @param file where its data were at that moment; null for a relation without storage
 */
public record RelationName(
        String database,
        String schema,
        String name,
        char kind,
        int databaseOid,
        int oid,
        @Nullable RelationFile file) {

    /** {@code FirstNormalObjectId} of transam.h: what initdb made is below. */
    private static final int FIRST_NORMAL_OID = 16384;

    /** Whether it belongs to another relation, and goes and comes with that: indexes and TOAST tables. */
    public boolean isPart() {
        return kind == 'i' || kind == 'I' || kind == 't' || schema.equals("pg_toast");
    }

    /** Whether initdb made it, or the server uses it for itself. */
    public boolean isSystem() {
        return Integer.compareUnsigned(oid, FIRST_NORMAL_OID) < 0 || schema.startsWith("pg_");
    }

    /** Whether it has a file of its own. */
    public Optional<RelationFile> place() {
        return Optional.ofNullable(file);
    }

    /** Whether a user who writes {@code name}, {@code schema.name} or {@code database.schema.name} means this one. */
    public boolean isMeantBy(String text) {
        return text.equals(name) || text.equals(schema + "." + name) || text.equals(toString());
    }

    /** {@code database.schema.name}, without quotes. */
    @Override
    public String toString() {
        return database + "." + schema + "." + name;
    }
}
