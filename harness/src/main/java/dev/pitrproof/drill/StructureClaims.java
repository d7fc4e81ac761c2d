package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.restore.Restore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Judges the structure of a promoted cluster, in all its databases: whether every row can be read, and whether heaps and
 * B-tree indexes are in order by amcheck. Reading a page verifies its checksum where the cluster has checksums.
 *
 * <p>It installs amcheck, which writes to the cluster: to be done when all other questions were asked.
 */
final class StructureClaims {

    static final String ROWS = "structure: rows";
    static final String AMCHECK = "structure: heaps and indexes";

    private static final int THREADS = Math.min(4, Runtime.getRuntime().availableProcessors());

    private final Restore restore;
    private final Queue<StructureCheck.Trouble> rowTroubles = new ConcurrentLinkedQueue<>();
    private final Queue<StructureCheck.Trouble> orderTroubles = new ConcurrentLinkedQueue<>();
    private final AtomicLong tables = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong heaps = new AtomicLong();
    private final AtomicLong indexes = new AtomicLong();

    StructureClaims(Restore restore) {
        this.restore = restore;
    }

    /** Checks everything; one claim about rows, one about what amcheck says. */
    List<Claim> judge() throws SQLException {
        List<String> databases = databases();
        for (String database : databases) {
            check(database);
        }
        return List.of(
                claim(
                        ROWS,
                        "every row of every table can be read",
                        String.format(
                                Locale.ROOT,
                                "%,d rows of %,d tables in %s read",
                                rows.get(),
                                tables.get(),
                                counted(databases.size())),
                        rowTroubles,
                        "COPY of every table"),
                claim(
                        AMCHECK,
                        "every heap and every B-tree index is in order",
                        String.format(
                                Locale.ROOT,
                                "%,d heaps and %,d indexes in %s checked",
                                heaps.get(),
                                indexes.get(),
                                counted(databases.size())),
                        orderTroubles,
                        "amcheck"));
    }

    private static String counted(int databases) {
        return databases == 1 ? "1 database" : databases + " databases";
    }

    private List<String> databases() throws SQLException {
        List<String> databases = new ArrayList<>();
        try (Connection connection = restore.connect();
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT datname FROM pg_database WHERE datallowconn ORDER BY oid")) {
            while (row.next()) {
                databases.add(row.getString(1));
            }
        }
        return databases;
    }

    private void check(String database) throws SQLException {
        Queue<StructureCheck.Relation> open = new ConcurrentLinkedQueue<>();
        boolean hasAmcheck;
        try (Connection connection = restore.connect(database)) {
            StructureCheck check = StructureCheck.in(connection, database);
            hasAmcheck = check.installAmcheck(orderTroubles::add);
            open.addAll(check.relations());
        }
        List<Thread> workers = new ArrayList<>();
        Queue<SQLException> failures = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < THREADS; i++) {
            Thread worker = new Thread(() -> work(database, open, hasAmcheck, failures), "structure-" + i);
            worker.start();
            workers.add(worker);
        }
        for (Thread worker : workers) {
            join(worker);
        }
        SQLException failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
    }

    private void work(
            String database, Queue<StructureCheck.Relation> open, boolean hasAmcheck, Queue<SQLException> failures) {
        try (Connection connection = restore.connect(database)) {
            StructureCheck check = StructureCheck.in(connection, database);
            for (StructureCheck.Relation next = open.poll(); next != null; next = open.poll()) {
                check(check, next, hasAmcheck);
            }
        } catch (SQLException e) {
            open.clear();
            failures.add(e);
        }
    }

    private void check(StructureCheck check, StructureCheck.Relation relation, boolean hasAmcheck) throws SQLException {
        if (relation.isReadable()) {
            rows.addAndGet(check.read(relation, rowTroubles::add));
            tables.incrementAndGet();
        }
        if (!hasAmcheck) {
            return;
        }
        if (relation.isIndex()) {
            check.index(relation, orderTroubles::add);
            indexes.incrementAndGet();
        } else if (relation.isHeap()) {
            check.heap(relation, orderTroubles::add);
            heaps.incrementAndGet();
        }
    }

    private static void join(Thread worker) throws SQLException {
        try {
            worker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while the structure was checked", e);
        }
    }

    private static Claim claim(
            String name, String expected, String checked, Queue<StructureCheck.Trouble> found, String witness) {
        List<StructureCheck.Trouble> troubles = List.copyOf(found);
        List<StructureCheck.Trouble> damage =
                troubles.stream().filter(StructureCheck.Trouble::isDamage).toList();
        if (!damage.isEmpty()) {
            return new Claim(
                    name,
                    Verdict.REFUTED,
                    FindingCode.BACKUP_DAMAGED.name(),
                    expected,
                    named(damage),
                    "find out whether the source has the same damage (pg_amcheck), then take a new base backup",
                    List.of(witness));
        }
        if (!troubles.isEmpty()) {
            return new Claim(
                    name,
                    Verdict.UNPROVEN,
                    troubles.get(0).code().name(),
                    expected,
                    named(troubles),
                    troubles.get(0).hint(),
                    List.of());
        }
        return new Claim(
                name, Verdict.PROVEN, FindingCode.DATA_AS_CLAIMED.name(), expected, checked, null, List.of(witness));
    }

    private static String named(List<StructureCheck.Trouble> troubles) {
        return Excerpt.of(troubles.stream()
                .map(trouble -> trouble.where() + ": " + trouble.what())
                .toList());
    }
}
