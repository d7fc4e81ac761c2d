package dev.pitrproof.workload;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Random;
import java.util.Set;
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
    private final Deeds deeds;
    private final double ratePerSecond;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stopping;

    private Workload(Connection connection, Ledger ledger, Deeds deeds, double ratePerSecond) {
        this.connection = connection;
        this.ledger = ledger;
        this.deeds = deeds;
        this.ratePerSecond = ratePerSecond;
        this.thread = new Thread(this::work, "workload");
    }

    /** Makes the ledger's table on a new source. */
    public static void prepare(Connection connection) throws SQLException {
        Ledger.create(connection);
    }

    /** Makes the ledger's table on a new source, and those that workloads of these kinds have besides. */
    public static void prepare(Connection connection, Collection<WorkKind> kinds) throws SQLException {
        prepare(connection);
        if (kinds.contains(WorkKind.PGBENCH_LIKE)) {
            PgbenchLike.create(connection);
        }
    }

    /** The ledger's rows in a database that was restored, each by the number that it has in the journal. */
    public static Set<Long> ledgerRows(Connection connection) throws SQLException {
        return Ledger.rows(connection);
    }

    /**
     * Starts to work.
     *
     * @param connection taken over, and closed in the end
     * @param table what transfers work on, as an SQL name; null for other kinds
     * @param ratePerSecond transactions a second, as far as the server keeps up; of no meaning where there are none
     */
    public static Workload start(
            Connection connection,
            Journal journal,
            WorkKind kind,
            @Nullable String table,
            double ratePerSecond,
            Random random)
            throws SQLException {
        Workload workload;
        try {
            connection.setAutoCommit(false);
            workload = new Workload(
                    connection, Ledger.of(connection, journal), deeds(connection, kind, table, random), ratePerSecond);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        workload.thread.setDaemon(true);
        if (kind != WorkKind.IDLE) {
            workload.thread.start();
        }
        return workload;
    }

    private static Deeds deeds(Connection connection, WorkKind kind, @Nullable String table, Random random)
            throws SQLException {
        return switch (kind) {
            case TRANSFERS -> Transfers.on(connection, String.valueOf(table), random);
            case LEDGER, IDLE -> ledger -> ledger.commit(Work.NONE);
            case PGBENCH_LIKE -> new PgbenchLike(random);
            case TWO_PHASE -> new TwoPhase();
            case DDL_CHURN -> new DdlChurn(random);
        };
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
                deeds.next(ledger);
            }
            return true;
        } catch (SQLException e) {
            failure.set(e);
            return false;
        } finally {
            turn.unlock();
        }
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
        try (connection) {
            deeds.end(ledger);
        } catch (SQLException e) {
            // a server that has cut the connection needs no goodbye; what it cut off is in the journal
            LOG.debug("the workload's connection was gone", e);
        }
    }
}
