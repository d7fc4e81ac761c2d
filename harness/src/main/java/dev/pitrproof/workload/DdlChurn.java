package dev.pitrproof.workload;

import java.sql.SQLException;
import java.util.List;
import java.util.Random;

/**
 * Makes a table, fills it, gives it an index and another column, rewrites it, and drops it, a transaction each; then
 * begins anew. As the work of a release that changes its schema, it keeps files coming and going.
 */
final class DdlChurn implements Deeds {

    private static final int ROWS = 100;

    /** Workloads of the same kind do not meet. */
    private final String prefix;

    private int step;

    DdlChurn(Random random) {
        this.prefix = "churn_" + Integer.toHexString(random.nextInt() >>> 8) + "_";
    }

    @Override
    public void next(Ledger ledger) throws SQLException {
        List<String> life = life(prefix + step / life("").size());
        ledger.commit(Work.of(List.of(life.get(step % life.size()))));
        step++;
    }

    private static List<String> life(String table) {
        return List.of(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, value int)",
                "INSERT INTO " + table + " SELECT g, g FROM generate_series(1, " + ROWS + ") g",
                "CREATE INDEX ON " + table + " (value)",
                "ALTER TABLE " + table + " ADD COLUMN note text DEFAULT 'none'",
                "ALTER TABLE " + table + " ALTER COLUMN value TYPE bigint",
                "DROP TABLE " + table);
    }
}
