package dev.pitrproof.impact;

import dev.pitrproof.replication.ConnectionSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a source over an ordinary SQL connection of its own, in a thread of its own, and keeps the highest of what it
 * saw.
 *
 * <p>Twice a second at most, and never more than a twentieth of the time: a directory with very many files makes an
 * answer slow. One statement at a time, that changes nothing and is given up after {@value #PATIENCE_SECONDS} s.
 */
final class SourceWatch implements AutoCloseable {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int REST_PER_WORK = 20;
    private static final int PATIENCE_SECONDS = 5;

    private static final String NO_SUCH_DATABASE = "3D000";
    private static final String ANY_SERVER_HAS = "postgres";

    private final ConnectionSettings settings;
    private final List<Integer> ownProcesses;
    private final CountDownLatch last = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Connection connection;
    private volatile boolean abandoned;
    private @Nullable Highest highest;
    private @Nullable String failure;

    /**
     * The highest of everything that was seen.
     *
     * @param samples how many times the source was asked
     * @param notMeasured why one of them is null, by the name it has in the evidence
     */
    record Peaks(
            int samples,
            @Nullable Integer archiverBacklogSegments,
            @Nullable Double archiverOldestSeconds,
            @Nullable Boolean archiverFailing,
            @Nullable Long replicationLagBytes,
            @Nullable Integer walSenders,
            Map<String, String> notMeasured) {

        /** Nothing was seen. */
        static Peaks none(String why) {
            Map<String, String> reasons = new LinkedHashMap<>();
            for (String name : List.of(
                    "archiverBacklogSegments",
                    "archiverOldestSeconds",
                    "archiverFailing",
                    "replicationLagBytes",
                    "walSenders")) {
                reasons.put(name, why);
            }
            return new Peaks(0, null, null, null, null, null, reasons);
        }
    }

    private SourceWatch(ConnectionSettings settings, List<Integer> ownProcesses) {
        this.settings = settings;
        this.ownProcesses = ownProcesses;
        this.thread = new Thread(this::look, "impact on the source");
    }

    /**
     * Begins to look.
     *
     * @param ownProcesses the server's processes that serve the backup itself
     */
    static SourceWatch start(ConnectionSettings settings, List<Integer> ownProcesses) {
        SourceWatch watch = new SourceWatch(settings, List.copyOf(ownProcesses));
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    private void look() {
        if (settings.host().contains(",")) {
            failure = "several hosts are named, and a second connection might reach another one of them";
            return;
        }
        try (Connection opened = connect()) {
            connection = opened;
            try (Statement statement = opened.createStatement()) {
                statement.execute(
                        "SET statement_timeout = '" + PATIENCE_SECONDS + "s'; SET default_transaction_read_only = on");
            }
            SourceQuestions questions = SourceQuestions.prepare(opened, ownProcesses);
            Highest seen = new Highest(questions.rights());
            boolean more = true;
            while (more && !abandoned) {
                long begin = System.nanoTime();
                boolean wasLast = last.getCount() == 0;
                seen.add(questions.ask());
                long took = System.nanoTime() - begin;
                more = !wasLast;
                if (more) {
                    awaitLast(Math.max(INTERVAL_NANOS, REST_PER_WORK * took));
                }
            }
            highest = seen;
        } catch (SQLException e) {
            failure = "the source could not be asked over a connection for SQL: " + firstLine(e);
        } catch (InterruptedException e) {
            failure = "the thread that looks was interrupted";
        }
    }

    /** Returns early when the last look is wanted. */
    @SuppressWarnings("ReturnValueIgnored")
    private void awaitLast(long nanos) throws InterruptedException {
        last.await(nanos, TimeUnit.NANOSECONDS);
    }

    private Connection connect() throws SQLException {
        String seconds = Integer.toString(PATIENCE_SECONDS);
        ConnectionSettings impatient = settings.withProperty("connectTimeout", seconds)
                .withProperty("loginTimeout", seconds)
                .withProperty("socketTimeout", Integer.toString(2 * PATIENCE_SECONDS));
        try {
            return impatient.openSql();
        } catch (SQLException e) {
            if (!NO_SUCH_DATABASE.equals(e.getSQLState())) {
                throw e;
            }
            // a backup needs no database, so that the name may be a mere default: the user's
            return impatient.openSql(ANY_SERVER_HAS);
        }
    }

    private static String firstLine(SQLException e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }

    /** Looks once more, and tells what was seen. */
    Peaks finish() {
        last.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Peaks.none("the backup was interrupted");
        }
        Highest seen = highest;
        return seen == null ? Peaks.none(failure == null ? "nothing was seen" : failure) : seen.peaks();
    }

    /** Gives up: whatever was seen is of no interest any more. */
    @Override
    public void close() {
        abandoned = true;
        last.countDown();
        Connection open = connection;
        if (open != null && thread.isAlive()) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                // it ends by itself, at the latest by its timeouts
            }
        }
    }
}
