package dev.pitrproof.drill;

import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.wal.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A quiet moment of the story: no transaction of ours was in flight, and none ended in the milliseconds around it.
 *
 * @param storyTime the moment on the story's clock
 * @param serverTime the same moment on the source's clock, microseconds
 * @param lsn the source's insert position then
 * @param nextXid the xid that the source would assign next, with epoch
 */
record Barrier(StoryTime storyTime, Instant serverTime, Lsn lsn, long nextXid) {

    /** Reads the server's clock, with some quiet on both sides of the moment. */
    static Barrier at(StoryTime storyTime, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_sleep(0.002)");
            Barrier barrier;
            try (ResultSet row =
                    statement.executeQuery("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,"
                            + " pg_current_wal_insert_lsn()::text,"
                            + " pg_snapshot_xmax(pg_current_snapshot())::text")) {
                row.next();
                barrier = new Barrier(
                        storyTime,
                        Instant.EPOCH.plus(row.getLong(1), ChronoUnit.MICROS),
                        Lsn.parse(row.getString(2)),
                        Long.parseUnsignedLong(row.getString(3)));
            }
            statement.execute("SELECT pg_sleep(0.002)");
            return barrier;
        }
    }
}
