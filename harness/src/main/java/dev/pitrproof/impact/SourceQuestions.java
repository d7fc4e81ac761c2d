package dev.pitrproof.impact;

import dev.pitrproof.wal.Lsn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The SQL with which a source is asked, fitted to what this connection may see. */
final class SourceQuestions {

    private static final String RIGHTS = """
            SELECT pg_is_in_recovery(), current_setting('archive_mode'),
              has_function_privilege('pg_catalog.pg_ls_archive_statusdir()', 'EXECUTE'),
              pg_has_role('pg_read_all_stats', 'USAGE'),
              pg_size_bytes(current_setting('wal_segment_size'))""";

    private static final String ARCHIVE_STATUS = """
            , waiting AS (
              SELECT count(*) AS files,
                greatest(extract(epoch FROM clock_timestamp() - min(modification)), 0)::float8 AS oldest
              FROM pg_catalog.pg_ls_archive_statusdir() WHERE name LIKE '%.ready')""";

    private static final String NO_ARCHIVE_STATUS =
            ", waiting AS (SELECT NULL::bigint AS files, NULL::float8 AS oldest)";

    /** A sender of somebody's base backup is behind nothing; a receiver reports what it knows of written to replayed. */
    private static final String SAMPLE = """
            WITH wal AS MATERIALIZED (
              SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS lsn)
            %s, standbys AS (
              SELECT count(*) AS senders,
                max(greatest(pg_wal_lsn_diff(wal.lsn, coalesce(replay_lsn, flush_lsn, write_lsn, sent_lsn)), 0))
                  FILTER (WHERE state IN ('streaming', 'catchup')) AS lag
              FROM wal, pg_catalog.pg_stat_replication WHERE NOT pid = ANY (?))
            SELECT wal.lsn::text, files::int, oldest, last_archived_wal,
              last_failed_time IS NOT NULL AND (last_archived_time IS NULL OR last_failed_time > last_archived_time),
              senders, lag::bigint
            FROM wal, waiting, standbys, pg_catalog.pg_stat_archiver""";

    private final Connection connection;
    private final List<Integer> ownProcesses;
    private final SourceRights rights;

    private SourceQuestions(Connection connection, List<Integer> ownProcesses, SourceRights rights) {
        this.connection = connection;
        this.ownProcesses = ownProcesses;
        this.rights = rights;
    }

    /** @param ownProcesses WAL senders that are not to be counted */
    static SourceQuestions prepare(Connection connection, List<Integer> ownProcesses) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(RIGHTS)) {
            row.next();
            boolean isStandby = row.getBoolean(1);
            String mode = row.getString(2);
            SourceRights rights = new SourceRights(
                    isStandby,
                    mode.equals("always") || (mode.equals("on") && !isStandby),
                    mode,
                    row.getBoolean(3),
                    row.getBoolean(4),
                    row.getInt(5));
            return new SourceQuestions(connection, ownProcesses, rights);
        }
    }

    SourceRights rights() {
        return rights;
    }

    SourceSample ask() throws SQLException {
        boolean listing = rights.archives() && rights.maySeeArchiveStatus();
        String sql = SAMPLE.formatted(listing ? ARCHIVE_STATUS : NO_ARCHIVE_STATUS);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("int4", ownProcesses.toArray()));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String position = row.getString(1);
                Integer files = row.getObject(2, Integer.class);
                Double oldest = row.getObject(3, Double.class);
                return new SourceSample(
                        position == null ? null : Lsn.parse(position),
                        files,
                        files != null && oldest == null ? Double.valueOf(0) : oldest,
                        row.getString(4),
                        row.getBoolean(5),
                        row.getInt(6),
                        optionalLong(row, 7));
            }
        }
    }

    private static @Nullable Long optionalLong(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }
}
