package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.restore.ClusterDatabases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Judges the structure of a promoted cluster, in all its databases: whether every row can be read, and whether heaps and
 * indexes are in order by amcheck, as far as it knows their kind. Reading a page verifies its checksum where the cluster has checksums.
 *
 * <p>It installs amcheck, which writes to the cluster: to be done when all other questions were asked.
 */
final class StructureClaims {

    static final String ROWS = "structure: rows";
    static final String AMCHECK = "structure: heaps and indexes";
    static final String LIBRARIES = "structure: libraries";

    private static final int THREADS = Math.min(4, Runtime.getRuntime().availableProcessors());

    private final ClusterDatabases restored;
    private final Queue<StructureCheck.Trouble> rowTroubles = new ConcurrentLinkedQueue<>();
    private final Queue<StructureCheck.Trouble> orderTroubles = new ConcurrentLinkedQueue<>();
    private final Queue<StructureCheck.Trouble> libraryTroubles = new ConcurrentLinkedQueue<>();
    private final Queue<String> notChecked = new ConcurrentLinkedQueue<>();
    private final Set<String> libraries = new TreeSet<>();
    private final AtomicLong tables = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong heaps = new AtomicLong();
    private final AtomicLong indexes = new AtomicLong();

    StructureClaims(ClusterDatabases restored) {
        this.restored = restored;
    }

    /** Checks everything; one claim about rows, one about what amcheck says, one about what this PostgreSQL lacks. */
    List<Claim> judge() throws SQLException {
        List<String> databases = restored.names();
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
                        "every heap, and every index that amcheck knows, is in order",
                        String.format(
                                        Locale.ROOT,
                                        "%,d heaps and %,d indexes in %s checked",
                                        heaps.get(),
                                        indexes.get(),
                                        counted(databases.size()))
                                + unknown(),
                        orderTroubles,
                        "amcheck"),
                claim(
                        LIBRARIES,
                        "every library that a function is in is installed in this sandbox",
                        libraries.size() + " libraries are there",
                        libraryTroubles,
                        "files of this PostgreSQL"));
    }

    private String unknown() {
        return notChecked.isEmpty()
                ? ""
                : "; not checked, for this amcheck does not know their kind: "
                        + Excerpt.of(notChecked.stream().sorted().toList());
    }

    private static String counted(int databases) {
        return databases == 1 ? "1 database" : databases + " databases";
    }

    private void check(String database) throws SQLException {
        Queue<StructureCheck.Relation> open = new ConcurrentLinkedQueue<>();
        boolean hasAmcheck;
        try (Connection connection = restored.connect(database)) {
            StructureCheck check = StructureCheck.in(connection, database);
            libraries.addAll(Libraries.check(connection, database, libraryTroubles::add));
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
        try (Connection connection = restored.connect(database)) {
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
            if (check.index(relation, orderTroubles::add)) {
                indexes.incrementAndGet();
            } else {
                notChecked.add(relation.method() + " " + check.where(relation));
            }
        } else if (relation.isHeap()) {
            check.heap(relation, orderTroubles::add);
            heaps.incrementAndGet();
        } else if (relation.isReadable() && !relation.method().equals("heap")) {
            notChecked.add(relation.method() + " " + check.where(relation));
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
