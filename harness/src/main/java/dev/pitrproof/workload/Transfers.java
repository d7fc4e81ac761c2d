package dev.pitrproof.workload;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

/** Moves amounts between the rows of a table with the integer columns {@code id} and {@code balance}. */
final class Transfers implements Deeds {

    private final String table;
    private final int lowestId;
    private final int ids;
    private final Random random;

    private Transfers(String table, int lowestId, int ids, Random random) {
        this.table = table;
        this.lowestId = lowestId;
        this.ids = ids;
        this.random = random;
    }

    /** Looks which rows there are. */
    static Transfers on(Connection connection, String table, Random random) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT min(id), max(id) FROM " + table)) {
            row.next();
            int lowestId = row.getInt(1);
            int ids = row.getInt(2) - lowestId + 1;
            connection.commit();
            if (ids < 2) {
                throw new SQLException("table " + table + " has fewer than two rows to move an amount between");
            }
            return new Transfers(table, lowestId, ids, random);
        }
    }

    @Override
    public void next(Ledger ledger) throws SQLException {
        int from = lowestId + random.nextInt(ids);
        int to = lowestId + (from - lowestId + 1 + random.nextInt(ids - 1)) % ids;
        int amount = 1 + random.nextInt(10);
        ledger.commit(new Work(
                List.of(),
                "moved AS (UPDATE " + table + " SET balance = balance + CASE id WHEN " + from + " THEN " + -amount
                        + " ELSE " + amount + " END WHERE id IN (" + from + ", " + to + "))"));
    }
}
