package dev.pitrproof.find;

import dev.pitrproof.wal.RelationName;
import dev.pitrproof.wal.Removal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which removals somebody looks for.
 *
 * @param table the relation asked for: {@code name}, {@code schema.name}, {@code database.schema.name}, or its OID, or
 *     its file's number; null for all
 * @param all whether to list what is no loss of rows as well
 */
public record DamageFilter(@Nullable String table, boolean all) {

    /** Why a transaction that removed something is none of the moments. */
    enum Verdict {
        DAMAGE,
        /** Only rewrites: VACUUM FULL, CLUSTER, REINDEX, a rewriting ALTER TABLE. */
        REWRITE,
        /** Only indexes, TOAST tables, sequences, catalogs. */
        MINOR,
        /** Only what had no file: temporary tables and views, of which the WAL tells no more. */
        FILELESS,
        OTHER_RELATION
    }

    Verdict judge(List<Removal> removals) {
        if (table != null) {
            List<Removal> meant = removals.stream().filter(this::isMeant).toList();
            if (meant.isEmpty()) {
                return Verdict.OTHER_RELATION;
            }
            return all || meant.stream().anyMatch(Removal::isLoss) ? Verdict.DAMAGE : Verdict.REWRITE;
        }
        if (all || removals.stream().anyMatch(DamageFilter::isDamage)) {
            return Verdict.DAMAGE;
        }
        if (removals.stream().allMatch(DamageFilter::isFileless)) {
            return Verdict.FILELESS;
        }
        return removals.stream().anyMatch(removal -> removal.what() == Removal.What.REWRITTEN)
                ? Verdict.REWRITE
                : Verdict.MINOR;
    }

    private boolean isMeant(Removal removal) {
        RelationName name = removal.name();
        String text = String.valueOf(table);
        if (name != null) {
            return name.isMeantBy(text) || text.equals(Integer.toUnsignedString(name.oid()));
        }
        return text.equals(Integer.toUnsignedString(removal.relation()))
                || (removal.file() != null
                        && text.equals(Integer.toUnsignedString(removal.file().relfilenumber())));
    }

    private static boolean isDamage(Removal removal) {
        RelationName name = removal.name();
        if (!removal.isLoss() || isFileless(removal)) {
            return false;
        }
        return name == null || (!name.isPart() && !name.isSystem() && name.kind() != 'S');
    }

    private static boolean isFileless(Removal removal) {
        return removal.what() != Removal.What.DATABASE_DROPPED && removal.file() == null && removal.name() == null;
    }
}
