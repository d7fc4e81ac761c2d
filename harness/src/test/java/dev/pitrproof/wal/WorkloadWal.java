package dev.pitrproof.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.sandbox.StopMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * All the WAL that a server of one major wrote while it worked through the scripts in {@code workload/}: two timelines,
 * segments of 1 MB, a record whose rest was lost in a crash, and a second crash without loss.
 *
 * @param segments what {@code pg_wal} held, of both timelines
 * @param second how timeline 2 left timeline 1
 */
record WorkloadWal(int major, SegmentsInMemory segments, TimelineHistory second) {

    static final int SEGMENT_SIZE = 1 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Map<Integer, WorkloadWal> RECORDED = new ConcurrentHashMap<>();

    /** The oldest and the newest major; all of them where CI=true. */
    static IntStream majors() {
        return "true".equals(System.getenv("CI")) ? IntStream.rangeClosed(14, 18) : IntStream.of(14, 18);
    }

    /** Written once for all tests. */
    static WorkloadWal of(int major) {
        return RECORDED.computeIfAbsent(major, WorkloadWal::record);
    }

    private static WorkloadWal record(int major) {
        try (Sandbox sandbox = ProcessSandbox.open(binaries(major))) {
            return record(sandbox);
        } catch (IOException | SQLException e) {
            throw new AssertionError("cannot record the WAL of PostgreSQL " + major, e);
        }
    }

    private static PostgresBinaries binaries(int major) throws IOException {
        return PostgresBinaries.find(major, null, message -> {});
    }

    private static WorkloadWal record(Sandbox sandbox) throws IOException, SQLException {
        Map<String, String> settings = new HashMap<>(Map.of(
                "wal_level", "logical",
                "wal_compression", "on",
                "wal_keep_size", "10GB",
                "wal_recycle", "off",
                "autovacuum", "off",
                "fsync", "off",
                "max_prepared_transactions", "5"));
        Cluster source = sandbox.createSource(SourceSettings.of(settings));
        source.awaitReady(PATIENCE);
        for (String script : List.of("1-mix", "2-ddl", "3-two-phase", "4-subtransactions")) {
            run(source, script);
        }
        long first = segmentNumber(source); // just begun
        run(source, "5-lost-rest");
        source.stop(StopMode.KILL);
        lose(source.dataDirectory(), first + 2);

        settings.put("max_prepared_transactions", "7");
        Cluster recovered = sandbox.start(source.dataDirectory(), settings, "recovered");
        recovered.awaitReady(PATIENCE);
        run(recovered, "1-mix", "CALL");
        recovered.stop(StopMode.IMMEDIATE);

        Path copy = copy(sandbox, source.dataDirectory());
        Cluster forked = sandbox.start(source.dataDirectory(), settings, "forked");
        forked.awaitReady(PATIENCE);
        run(forked, "6-fork");
        forked.stop(StopMode.FAST);
        SegmentsInMemory segments = SegmentsInMemory.of(pgWal(source.dataDirectory()), SEGMENT_SIZE);

        settings.put("restore_command", "cp \"" + pgWal(source.dataDirectory()) + "/%f\" \"%p\"");
        settings.put("recovery_target_name", "fork");
        settings.put("recovery_target_action", "promote");
        Files.createFile(copy.resolve("recovery.signal"));
        sandbox.give(copy);
        Cluster promoted = sandbox.start(copy, settings, "promoted");
        promoted.awaitReady(PATIENCE);
        Awaitility.await().atMost(PATIENCE).until(() -> "f".equals(ask(promoted, "SELECT pg_is_in_recovery()")));
        run(promoted, "7-behind-the-fork");
        promoted.stop(StopMode.FAST);

        TimelineId second = new TimelineId(2);
        SegmentsInMemory behind = SegmentsInMemory.of(pgWal(copy), SEGMENT_SIZE);
        behind.segmentsOf(second).forEach(segment -> segments.put(segment, behind.get(segment)));
        String history = Files.readString(pgWal(copy).resolve(second.historyFileName()));
        return new WorkloadWal(sandbox.release().major(), segments, TimelineHistory.parse(second, history));
    }

    /** All timelines there are. */
    List<TimelineHistory> paths() {
        return List.of(TimelineHistory.of(TimelineId.FIRST), second);
    }

    private static Path pgWal(Path data) {
        return data.resolve("pg_wal");
    }

    private static void run(Cluster cluster, String script) throws IOException, SQLException {
        run(cluster, script, "");
    }

    /** Runs those statements of a script that begin with {@code prefix}, each on its own. */
    private static void run(Cluster cluster, String script, String prefix) throws IOException, SQLException {
        try (InputStream resource = WorkloadWal.class.getResourceAsStream("workload/" + script + ".sql");
                Connection connection = connect(cluster);
                Statement statement = connection.createStatement()) {
            String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^--.*\n", "");
            for (String sql : text.split(";\n", -1)) {
                if (!sql.isBlank() && sql.startsWith(prefix)) {
                    statement.execute(sql);
                }
            }
        }
    }

    private static Connection connect(Cluster cluster) throws SQLException {
        ConnectionSettings settings = cluster.connection();
        return new ConnectionSettings(
                        settings.host(),
                        settings.port(),
                        settings.database(),
                        settings.user(),
                        settings.password(),
                        Map.of("preferQueryMode", "simple"))
                .openSql();
    }

    private static String ask(Cluster cluster, String sql) throws SQLException {
        try (Connection connection = connect(cluster);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static long segmentNumber(Cluster cluster) throws SQLException {
        Lsn position = Lsn.parse(ask(cluster, "SELECT pg_current_wal_insert_lsn()"));
        return SegmentName.holding(TimelineId.FIRST, position, SEGMENT_SIZE).number();
    }

    /** Takes away what a machine that loses power may not have written: the segments from this number on. */
    private static void lose(Path data, long number) throws IOException {
        SegmentsInMemory all = SegmentsInMemory.of(pgWal(data), SEGMENT_SIZE);
        for (SegmentName segment : all.segmentsOf(TimelineId.FIRST)) {
            if (segment.number() >= number) {
                Files.delete(pgWal(data).resolve(segment.fileName()));
            }
        }
    }

    private static Path copy(Sandbox sandbox, Path data) throws IOException {
        Path copy = sandbox.createDirectory("copy");
        Process cp = new ProcessBuilder("cp", "-a", data + "/.", copy.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(cp.onExit().join().exitValue()).isZero();
        return copy;
    }
}
