package dev.pitrproof.wal;

import dev.pitrproof.wal.WalEntry.RelationFile;
import org.jspecify.annotations.Nullable;

/**
 * What a committed transaction took away.
 *
 * @param what how sure the WAL lets us be
 * @param database the database's OID, 0 for a relation of the whole cluster
 * @param relation the relation's OID; 0 if only its file is known
 * @param file the file that went; null if there was none, or it is not known which one it was
 * @param name the relation's name; null if it is not known
 * @param databaseName the database's name; null if it is not known
 */
public record Removal(
        What what,
        int database,
        int relation,
        @Nullable RelationFile file,
        @Nullable RelationName name,
        @Nullable String databaseName) {

    /** What happened, as far as the WAL tells. */
    public enum What {
        DROPPED("dropped"),
        TRUNCATED("truncated"),
        /** Its file was replaced, without and perhaps with its rows: nothing tells. */
        TRUNCATED_OR_REWRITTEN("truncated or rewritten"),
        /** Its file was replaced by one with the same rows, or rows of a new form. */
        REWRITTEN("rewritten"),
        /** Its file went. */
        DROPPED_OR_REWRITTEN("dropped, truncated or rewritten"),
        DATABASE_DROPPED("dropped database");

        private final String words;

        What(String words) {
            this.words = words;
        }

        /** In words: {@code dropped}. */
        public String words() {
            return words;
        }
    }

    /** Whether the rows may be gone. */
    public boolean isLoss() {
        return what != What.REWRITTEN;
    }

    /**
     * The relation by name; without one, by its file's numbers, {@code relation 16384/16385}: the OID of the database and
     * the number of the file; or by its OID where there was no file, {@code relation with OID 16384/16390}.
     */
    @Override
    public String toString() {
        if (what == What.DATABASE_DROPPED) {
            return databaseName == null ? Integer.toUnsignedString(database) : databaseName;
        }
        if (name != null) {
            return name.toString();
        }
        return file != null
                ? "relation " + unsigned(file.database()) + "/" + unsigned(file.relfilenumber())
                : "relation with OID " + unsigned(database) + "/" + unsigned(relation);
    }

    private static String unsigned(int number) {
        return Integer.toUnsignedString(number);
    }
}
