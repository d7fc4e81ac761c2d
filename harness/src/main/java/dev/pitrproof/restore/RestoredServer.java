package dev.pitrproof.restore;

import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.PromotedAnswers;
import dev.pitrproof.proof.ToldTarget;
import dev.pitrproof.proof.XidStatuses;
import dev.pitrproof.proof.XidStatuses.Status;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks a restored cluster what it has recovered. Reads only; touches no user table, because while replay is paused
 * before a transaction's end that transaction's locks are still held.
 */
final class RestoredServer {

    private static final long FIRST_NORMAL_XID = 3;
    private static final int ROWS_AT_ONCE = 10_000;
    private static final String TARGET_TIME = "recovery_target_time";
    private static final String TIMEZONE = "timezone";

    private static final long TELL_NANOS = 200_000_000;

    private final Connection connection;
    private long toldNanos = System.nanoTime();

    private RestoredServer(Connection connection) {
        this.connection = connection;
    }

    /** Over a connection that is for nothing else: its functions are the server's own, whatever the source has set. */
    static RestoredServer over(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = pg_catalog");
        }
        return new RestoredServer(connection);
    }

    /** Whether replay is paused; false also when the server is not in recovery. */
    boolean isPaused() throws SQLException {
        return "paused".equals(text("SELECT CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() END"));
    }

    /**
     * Whether replay is paused or over.
     *
     * @param replayed is told now and then how far it is
     */
    boolean hasStopped(Consumer<Lsn> replayed) throws SQLException {
        if (System.nanoTime() - toldNanos > TELL_NANOS) {
            toldNanos = System.nanoTime();
            String position = text("SELECT pg_last_wal_replay_lsn()::text");
            if (position != null) {
                replayed.accept(Lsn.parse(position));
            }
        }
        return isPaused() || !isInRecovery();
    }

    boolean isInRecovery() throws SQLException {
        return "t".equals(text("SELECT pg_is_in_recovery()::text::char(1)"));
    }

    /** Ends the pause, which promotes a cluster that is paused at its target. */
    void resume() throws SQLException {
        text("SELECT pg_wal_replay_resume()::text");
    }

    /** @param told what it was told, as {@link #told} says where that is of interest */
    PausedAnswers pausedAnswers(Prediction prediction, ToldTarget told) throws SQLException {
        String replayed = text("SELECT pg_last_wal_replay_lsn()::text");
        String time = text("SELECT (extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000000)::bigint::text");
        return new PausedAnswers(
                isInRecovery(),
                isPaused(),
                replayed == null ? null : Lsn.parse(replayed),
                time == null ? null : instant(time),
                Long.parseLong(required("SELECT system_identifier::text FROM pg_control_system()")),
                controlTimeline(),
                statuses(prediction),
                told);
    }

    /**
     * What recovery was told. The time zone is the configuration's: recovery reads a time in that one, and this session has
     * another.
     */
    ToldTarget told() throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT name, setting FROM pg_settings"
                        + " WHERE starts_with(name, 'recovery_target') AND name <> 'recovery_target_action'"
                        + " AND source <> 'default' ORDER BY name")) {
            while (row.next()) {
                settings.put(row.getString(1), row.getString(2));
            }
        }
        if (settings.isEmpty()) {
            return ToldTarget.NOTHING;
        }
        String zone = text("SELECT setting FROM pg_file_settings WHERE lower(name) = 'timezone' AND applied");
        settings.put(TIMEZONE, zone == null ? "GMT" : zone); // without one, that is what a server has
        return new ToldTarget(settings, settings.containsKey(TARGET_TIME) ? momentIn(settings.get(TIMEZONE)) : null);
    }

    private Instant momentIn(String zone) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement set = connection.prepareStatement("SELECT set_config('TimeZone', ?, true)")) {
            set.setString(1, zone);
            set.executeQuery().close();
            return instant(required("SELECT (extract(epoch FROM current_setting('" + TARGET_TIME
                    + "')::timestamptz) * 1000000)::bigint::text"));
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static Instant instant(String microseconds) {
        return Instant.EPOCH.plus(Long.parseLong(microseconds), ChronoUnit.MICROS);
    }

    PromotedAnswers promotedAnswers() throws SQLException {
        TimelineId timeline = controlTimeline();
        byte[] history = historyFile(timeline);
        return new PromotedAnswers(
                isInRecovery(), timeline, history == null ? null : TimelineHistory.parse(timeline, history));
    }

    /** Its bytes, for it need not be text in the encoding of this database; null if there is no such file. */
    private byte @Nullable [] historyFile(TimelineId timeline) throws SQLException {
        // the short form with missing_ok came with 16
        String sql = "SELECT pg_read_binary_file('pg_wal/" + timeline.historyFileName() + "', 0, 1000000, true)";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getBytes(1) : null;
        }
    }

    private TimelineId controlTimeline() throws SQLException {
        return TimelineId.parse(required("SELECT timeline_id::text FROM pg_control_checkpoint()"));
    }

    /**
     * From the lowest xid that the WAL tells of, or that it must tell of, to the snapshot's xmax: to ask for an xid at or
     * above it is an error.
     */
    private XidStatuses statuses(Prediction prediction) throws SQLException {
        long end = Long.parseUnsignedLong(required("SELECT pg_snapshot_xmax(pg_current_snapshot())::text"));
        LongStream ended = Stream.concat(prediction.applied().stream(), prediction.notApplied().stream())
                .flatMapToLong(transaction -> LongStream.concat(
                        LongStream.of(transaction.xid()),
                        transaction.subxids().stream().mapToLong(Long::longValue)));
        LongStream unknown = prediction.nextXidAtRedo().stream().mapToLong(Long::longValue);
        long first = LongStream.concat(ended, unknown).min().orElse(end);
        first = Math.max(first, FIRST_NORMAL_XID);
        Map<Long, Status> answers = new TreeMap<>();
        connection.setAutoCommit(false);
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT xid, pg_xact_status(xid::text::xid8)" + " FROM generate_series(?::bigint, ?::bigint) AS xid")) {
            ask.setFetchSize(ROWS_AT_ONCE);
            ask.setLong(1, first);
            ask.setLong(2, end - 1);
            try (ResultSet row = ask.executeQuery()) {
                while (row.next()) {
                    answers.put(row.getLong(1), Status.of(row.getString(2)));
                }
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
        return new XidStatuses(first, end, answers);
    }

    private String required(String sql) throws SQLException {
        String answer = text(sql);
        if (answer == null) {
            throw new SQLException("the restored cluster answered NULL to: " + sql);
        }
        return answer;
    }

    private @Nullable String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
