package dev.pitrproof.workload;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that commits at a steady rate until it is closed, and that can be held between two transactions.
 *
 * <p>The sequence of transactions depends on the seed alone; their times do not. It owns its connection.
 */
public final class Workload implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Workload.class);

    private final Connection connection;
    private final Ledger ledger;
    private final WorkKind kind;
    private final @Nullable String table;
    private final double ratePerSecond;
    private final Random random;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stopping;
    private int lowestId;
    private int ids;

    private Workload(
            Connection connection,
            Journal journal,
            WorkKind kind,
            @Nullable String table,
            double ratePerSecond,
            Random random) {
        this.connection = connection;
        this.ledger = new Ledger(connection, journal);
        this.kind = kind;
        this.table = table;
        this.ratePerSecond = ratePerSecond;
        this.random = random;
        this.thread = new Thread(this::work, "workload");
    }

    /** Makes the ledger's table on a new source. */
    public static void prepare(Connection connection) throws SQLException {
        Ledger.create(connection);
    }

    /**
     * Starts to work.
     *
     * @param connection taken over, and closed in the end
     * @param table what transfers work on, as an SQL name; null for a ledger-only workload
     * @param ratePerSecond transactions a second, as far as the server keeps up
     */
    public static Workload start(
            Connection connection,
            Journal journal,
            WorkKind kind,
            @Nullable String table,
            double ratePerSecond,
            Random random)
            throws SQLException {
        Workload workload = new Workload(connection, journal, kind, table, ratePerSecond, random);
        try {
            connection.setAutoCommit(false);
            if (kind == WorkKind.TRANSFERS) {
                workload.findIds();
            }
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        workload.thread.setDaemon(true);
        workload.thread.start();
        return workload;
    }

    private void findIds() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT min(id), max(id) FROM " + table)) {
            row.next();
            lowestId = row.getInt(1);
            ids = row.getInt(2) - lowestId + 1;
        }
        connection.commit();
        if (ids < 2) {
            throw new SQLException("table " + table + " has fewer than two rows to move an amount between");
        }
    }

    private void work() {
        long interval = Math.round(1e9 / ratePerSecond);
        long due = System.nanoTime();
        while (!stopping) {
            if (!commitInTurn()) {
                return;
            }
            due = Math.max(due + interval, System.nanoTime() - interval);
            long wait = due - System.nanoTime();
            while (wait > 0 && !stopping) {
                LockSupport.parkNanos(wait);
                wait = due - System.nanoTime();
            }
        }
    }

    /** Says whether to go on. A failure is known before anybody else has the turn. */
    private boolean commitInTurn() {
        turn.lock();
        try {
            if (!stopping) {
                ledger.commit(nextStatement());
            }
            return true;
        } catch (SQLException e) {
            failure.set(e);
            return false;
        } finally {
            turn.unlock();
        }
    }

    private @Nullable String nextStatement() {
        if (kind != WorkKind.TRANSFERS) {
            return null;
        }
        int from = lowestId + random.nextInt(ids);
        int to = lowestId + (from - lowestId + 1 + random.nextInt(ids - 1)) % ids;
        int amount = 1 + random.nextInt(10);
        return "moved AS (UPDATE " + table + " SET balance = balance + CASE id WHEN " + from + " THEN " + -amount
                + " ELSE " + amount + " END WHERE id IN (" + from + ", " + to + "))";
    }

    /**
     * Waits for the transaction in flight, if any, and lets no other begin before {@link #release}. Only the thread that
     * holds may release.
     *
     * @throws SQLException if the workload has ended because its connection broke
     */
    public void hold() throws SQLException {
        turn.lock();
        SQLException broken = failure.get();
        if (broken != null) {
            turn.unlock();
            throw broken;
        }
    }

    /** Lets a held workload go on. */
    public void release() {
        if (turn.isHeldByCurrentThread()) {
            turn.unlock();
        }
    }

    /** Ends after the transaction in flight, and closes the connection. */
    @Override
    public void close() throws SQLException {
        stopping = true;
        release();
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            connection.close();
        } catch (SQLException e) {
            // a server that has cut the connection needs no goodbye; what it cut off is in the journal
            LOG.debug("the workload's connection was gone", e);
        }
    }
}
