package dev.pitrproof.agreement;

import dev.pitrproof.replication.ConnectionSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Writes history on a server: transactions of every kind, in an order that hangs on a seed. */
final class Scribe implements AutoCloseable {

    private static final List<String> NAMES =
            List.of("here", "Here", "here ", "über größe", "it's \"quoted\"", "x".repeat(63));

    private final ConnectionSettings server;
    private final Random random;
    private final String mark;
    private final Connection main;
    private final Connection other;
    private final List<String> open = new ArrayList<>();
    private final List<Integer> temporary = new ArrayList<>();
    private int number;

    /** @param mark a word that tells its names from another scribe's */
    Scribe(ConnectionSettings server, Random random, String mark) throws SQLException {
        this.server = server;
        this.random = random;
        this.mark = mark;
        this.main = server.openSql("postgres");
        this.other = server.openSql("postgres");
        run("SET synchronous_commit = off");
        run(other, "SET synchronous_commit = off");
    }

    void run(String sql) throws SQLException {
        run(main, sql);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String text(String sql) throws SQLException {
        try (Statement statement = main.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    /** As many steps as asked for, each a transaction or a few. */
    void write(int steps) throws SQLException {
        for (int i = 0; i < steps; i++) {
            number++;
            step(random.nextInt(20));
        }
        for (String gid : open) {
            run((random.nextBoolean() ? "COMMIT" : "ROLLBACK") + " PREPARED '" + gid + "'");
        }
        open.clear();
    }

    private void step(int kind) throws SQLException {
        switch (kind) {
            case 0, 1, 2 -> run("INSERT INTO t VALUES (" + number + ")");
            case 3 -> run("BEGIN; INSERT INTO t VALUES (0); ROLLBACK");
            case 4, 5 -> subtransactions();
            case 6, 7 -> prepare(mark + number);
            case 8, 9 -> resolve();
            case 10, 11 -> temporary(random.nextBoolean());
            case 12, 13 -> restorePoint();
            case 14 -> run("SELECT pg_switch_wal()");
            case 15 -> run("CHECKPOINT");
            case 16 ->
                run("SELECT pg_logical_emit_message(" + random.nextBoolean() + ", 'm', repeat('x', "
                        + random.nextInt(1, 150_000) + "))");
            case 17 -> tables();
            default -> interleave();
        }
    }

    /** A transaction that only writes to a temporary table: nothing of it is in the WAL but, perhaps, its catalog rows. */
    void temporary(boolean create) throws SQLException {
        run("CREATE TEMP TABLE IF NOT EXISTS kept (a int)");
        run("BEGIN");
        temporary.add(Integer.parseUnsignedInt(text("INSERT INTO kept VALUES (1) RETURNING xmin::text")));
        run((create ? "CREATE TEMP TABLE scratch (a int) ON COMMIT DROP; " : "") + "COMMIT");
    }

    /** The xids of those. */
    List<Integer> temporaryXids() {
        return List.copyOf(temporary);
    }

    private void subtransactions() throws SQLException {
        run("BEGIN; INSERT INTO t VALUES (1)");
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            run("SAVEPOINT s; INSERT INTO t VALUES (2)");
            if (random.nextBoolean()) {
                run("ROLLBACK TO s");
            }
            if (random.nextBoolean()) {
                run(other, "INSERT INTO t VALUES (3)");
            }
        }
        run(random.nextInt(4) == 0 ? "ROLLBACK" : "COMMIT");
    }

    /** Leaves a transaction prepared. */
    void prepare(String gid) throws SQLException {
        run("BEGIN; INSERT INTO t VALUES (4); SAVEPOINT s; INSERT INTO t VALUES (5); PREPARE TRANSACTION '" + gid
                + "'");
        if (!gid.equals("cross")) {
            open.add(gid);
        }
    }

    private void resolve() throws SQLException {
        if (!open.isEmpty()) {
            String gid = open.remove(random.nextInt(open.size()));
            run((random.nextInt(3) > 0 ? "COMMIT" : "ROLLBACK") + " PREPARED '" + gid + "'");
        }
    }

    void restorePoint() throws SQLException {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        run("SELECT pg_create_restore_point('" + name.replace("'", "''") + "')");
        if (random.nextBoolean()) {
            run("SELECT pg_create_restore_point('" + mark + number + "')");
        }
    }

    private void tables() throws SQLException {
        run("CREATE TABLE d" + mark + number + " AS SELECT generate_series(1, 50)");
        run(random.nextBoolean() ? "DROP TABLE d" + mark + number : "TRUNCATE d" + mark + number);
    }

    /** The transaction that begins first ends last. */
    private void interleave() throws SQLException {
        run(other, "BEGIN; INSERT INTO t VALUES (6)");
        run("INSERT INTO t VALUES (7)");
        run(other, random.nextBoolean() ? "COMMIT" : "ROLLBACK");
    }

    /** Many commits at once, so that some have equal times and some times go backwards in the WAL. */
    void burst(int connections, int commits) throws Exception {
        String loop = "DO $$ BEGIN FOR i IN 1.." + commits + " LOOP INSERT INTO t VALUES (i); COMMIT; END LOOP; END $$";
        ExecutorService pool = Executors.newFixedThreadPool(connections);
        try {
            List<Callable<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                all.add(() -> {
                    try (Connection connection = server.openSql("postgres")) {
                        run(connection, "SET synchronous_commit = off");
                        run(connection, loop);
                        return true;
                    }
                });
            }
            for (Future<Boolean> done : pool.invokeAll(all)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Does something while another session commits and sets restore points. */
    <T> T whileBusy(Callable<T> work) throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        Future<T> done = pool.submit(work);
        try {
            for (int i = 0; !done.isDone(); i++) {
                run("INSERT INTO t VALUES (8)");
                if (i % 20 == 10) {
                    run("SELECT pg_create_restore_point('during the backup')");
                    run("SELECT pg_sleep(0.005)");
                }
            }
            return done.get();
        } catch (ExecutionException e) {
            throw new AssertionError("the backup failed", e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    @Override
    public void close() throws SQLException {
        other.close();
        main.close();
    }
}
