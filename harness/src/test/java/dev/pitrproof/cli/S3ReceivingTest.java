package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.s3.S3Archiver;
import dev.pitrproof.s3.S3Location;
import dev.pitrproof.s3.S3Store;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code receivewal} into a bucket: what is in it, what the server is told, and what happens when it cannot be reached. */
@SuppressWarnings("NullAway.Init") // set before all tests
class S3ReceivingTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(60);
    private static final int SEGMENT = 1 << 20;

    @RegisterExtension
    static final StoreAtHand STORE = new StoreAtHand();

    @TempDir
    private Path scratch;

    private LocalServer server;
    private Path bucket;
    private Path spool;

    @BeforeEach
    void anEmptyBucketAndAServer() throws IOException {
        server = LocalServer.start();
        bucket = Files.createTempDirectory(STORE.root(), "received");
        spool = Files.createDirectory(scratch.resolve("spool"));
        assertThat(receivewal("--create-slot", "-Sone").code()).isZero();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private String place() {
        return "s3://" + bucket.getFileName() + "/wal";
    }

    private Path stored(String name) {
        return bucket.resolve("wal").resolve(name);
    }

    private List<String> names(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private List<String> stored() throws IOException {
        return names(bucket.resolve("wal"));
    }

    private List<String> arguments(String... further) {
        List<String> arguments = new ArrayList<>(
                List.of("receivewal", "-h" + server.socketDirectory(), "-p" + server.port(), "-Upostgres"));
        arguments.addAll(Arrays.asList(further));
        return arguments;
    }

    private Outcome receivewal(String... further) {
        return STORE.run(arguments(further).toArray(String[]::new));
    }

    private Outcome receiveThrough(Path spool, Lsn end) {
        return receivewal("-D" + place(), "--spool=" + spool, "-Sone", "-E" + end, "-v");
    }

    /** The program as a process of its own, which may be killed. */
    private Process start(String... further) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Daws.maxAttempts=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.pitrproof.cli.Main"));
        command.addAll(arguments(
                "-D" + place(),
                "--spool=" + spool,
                "-Sone",
                "-s1",
                "--s3-endpoint=" + STORE.wire().endpoint()));
        command.addAll(Arrays.asList(further));
        ProcessBuilder process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(scratch.resolve("err").toFile());
        process.environment().put("AWS_ACCESS_KEY_ID", System.getProperty("aws.accessKeyId"));
        process.environment().put("AWS_SECRET_ACCESS_KEY", System.getProperty("aws.secretAccessKey"));
        return process.start();
    }

    private String said() throws IOException {
        return Files.readString(scratch.resolve("err"));
    }

    private Lsn write(String table) {
        server.sql("CREATE TABLE " + table + " AS SELECT g FROM generate_series(1, 60000) g");
        return Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
    }

    private Lsn acknowledged() {
        return Lsn.parse(server.query("SELECT restart_lsn FROM pg_replication_slots"));
    }

    private String segment(Lsn position) {
        return String.format("%08X%08X%08X", 1, position.value() >>> 32, (position.value() & 0xFFFFFFFFL) / SEGMENT);
    }

    private void awaitSlotIsFree() {
        Awaitility.await().atMost(LONG_ENOUGH).until(() -> server.query(
                        "SELECT NOT bool_or(active) FROM pg_replication_slots")
                .equals("t"));
    }

    /** The machine is lost, and another one takes its place. */
    @Test
    void whatWasAcknowledgedIsInTheBucketWhenTheMachineIsLost() throws Exception {
        Path backup = server.pgBasebackup("base");
        Process first = start();
        try {
            write("before");
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> stored().size() > 2);
        } finally {
            first.destroyForcibly().waitFor();
        }
        awaitSlotIsFree();
        Path other = Files.createDirectory(scratch.resolve("other"));
        write("after");
        String good = server.query(
                "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
        server.sql("DROP TABLE after");
        Lsn end = write("later");

        String newest = stored().stream()
                .filter(SegmentName::isSegment)
                .max(String::compareTo)
                .orElse("");
        assertThat(segment(new Lsn(acknowledged().value() - SEGMENT))).isLessThanOrEqualTo(newest);
        Outcome second = receiveThrough(other, end);

        assertThat(second.code()).as(second.err()).isZero();
        assertThat(second.err()).contains("stored ");
        assertThat(names(other)).allMatch(name -> name.endsWith(".partial"));
        assertThat(stored()).filteredOn(name -> name.endsWith(".partial")).hasSize(1);
        Outcome audit = STORE.run("audit", place());
        assertThat(audit.code()).as(audit.out() + audit.err()).isZero();
        Outcome proof = STORE.run(
                "prove",
                "--sandbox=process",
                "--output=" + scratch.resolve("out"),
                "--backup=" + backup,
                "--archive=" + place(),
                "--target-time=" + good,
                "--no-structure");
        assertThat(proof.code()).as(proof.out() + proof.err()).isZero();
        assertThat(proof.out()).contains("PROVEN  TARGET_EXACT");
    }

    @Test
    void whatTheStoreDoesNotTakeStaysWithTheServerAndFollowsLater() throws Exception {
        Process process = start();
        try {
            write("stored");
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> stored().size() > 1);
            STORE.wire().refuse(head -> head.startsWith("PUT"), StoreAtHand.ALWAYS, 503, "SlowDown", "");
            Lsn end = write("waiting");
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> said().contains("warning: "));
            assertThat(said()).contains("the store did not serve " + place()).contains("tried again every 5 s");
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> names(spool).contains(segment(end) + ".partial"));
            assertThat(acknowledged()).isLessThan(end);
            assertThat(segment(acknowledged())).isLessThanOrEqualTo(names(spool).get(0));

            server.stop("fast"); // which waits for receivers, but not for the store
            STORE.wire().heal();
            server.startAgain();

            Awaitility.await().atMost(LONG_ENOUGH).until(() -> stored().contains(
                            segment(new Lsn(end.value() - SEGMENT))));
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> said().contains("takes files again"));
        } finally {
            process.destroy();
        }
        assertThat(process.waitFor()).isEqualTo(143);
        Outcome audit = STORE.run("audit", place());
        assertThat(audit.code()).as(audit.out() + audit.err()).isZero();
    }

    @Test
    void aFullSpoolTakesNoMoreUntilTheStoreDoes() throws Exception {
        STORE.wire().refuse(head -> head.startsWith("PUT"), StoreAtHand.ALWAYS, 503, "SlowDown", "");
        Process process = start("--spool-files=2");
        try {
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> names(spool).size() == 1);
            Lsn end = write("t");
            Awaitility.await().atMost(LONG_ENOUGH).until(() -> said().contains(
                            "nothing is received until some are stored"));
            assertThat(names(spool)).hasSize(2).allMatch(SegmentName::isSegment);
            awaitSlotIsFree();

            STORE.wire().heal();

            Awaitility.await().atMost(LONG_ENOUGH).until(() -> stored().contains(
                            segment(new Lsn(end.value() - SEGMENT))));
        } finally {
            process.destroy();
        }
        assertThat(process.waitFor()).isEqualTo(143);
        Outcome audit = STORE.run("audit", place());
        assertThat(audit.code()).as(audit.out() + audit.err()).isZero();
    }

    @Test
    void whatIsLeftInTheSpoolIsSaidAndStoredByTheNextRun() throws Exception {
        Lsn end = write("t");
        STORE.wire().refuse(head -> head.startsWith("PUT"), StoreAtHand.ALWAYS, 503, "SlowDown", "");
        Outcome refused = receiveThrough(spool, end);
        assertThat(refused.code()).isEqualTo(3);
        assertThat(refused.err())
                .contains("error: the store did not serve ")
                .contains(" left in \"" + spool + "\", and the next run with this spool stores them");
        assertThat(stored()).isEmpty();
        List<String> left = names(spool);
        assertThat(left).hasSizeGreaterThan(2);
        assertThat(segment(acknowledged())).isLessThanOrEqualTo(left.get(0));

        STORE.wire().heal();
        Outcome next = receiveThrough(spool, end);

        assertThat(next.code()).as(next.err()).isZero();
        assertThat(stored()).isEqualTo(left);
        assertThat(names(spool)).singleElement().asString().endsWith(".partial");
    }

    /** A run that was told to end at once has less of the segment than the one before, whose spool is lost. */
    @Test
    void aPartialSegmentIsReplacedByALongerOneOnly() throws Exception {
        Lsn begin = Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
        server.sql("CREATE TABLE t AS SELECT g FROM generate_series(1, 2000) g");
        Lsn further = Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
        Path less = Files.createDirectory(scratch.resolve("short"));
        Path more = Files.createDirectory(scratch.resolve("long"));
        assertThat(receiveThrough(less, begin).code()).isZero();
        Path partial = stored(segment(begin) + ".partial");
        byte[] first = Files.readAllBytes(partial);
        assertThat(receiveThrough(more, further).code()).isZero();
        byte[] second = Files.readAllBytes(partial);
        assertThat(second).isNotEqualTo(first);

        Files.write(less.resolve(segment(begin) + ".partial"), first);
        try (BucketDepot depot = depot()) {
            depot.storePartial(less.resolve(segment(begin) + ".partial"), segment(begin) + ".partial");
        }

        assertThat(partial).hasBinaryContent(second);
    }

    private BucketDepot depot() throws IOException {
        S3Location location = S3Location.parse(place());
        URI endpoint = STORE.server().endpoint();
        return new BucketDepot(S3Store.at(location, endpoint), S3Archiver.to(location, endpoint));
    }

    @Test
    void anotherSegmentOfThatNameIsNeverOverwritten() throws Exception {
        Lsn end = write("t");
        String second = segment(new Lsn(acknowledged().value() + SEGMENT));
        // after the bucket was looked at, so that receiving does not simply go on behind it
        STORE.wire().before(head -> head.startsWith("PUT"), () -> {
            try {
                Files.createDirectories(bucket.resolve("wal"));
                Files.write(stored(second), new byte[SEGMENT]);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        Outcome outcome = receiveThrough(spool, end);

        assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
        assertThat(outcome.err())
                .contains("error: " + place() + "/" + second + " is already archived with different content")
                .contains("HINT: ");
        assertThat(stored(second)).hasBinaryContent(new byte[SEGMENT]);
        assertThat(names(spool)).contains(second);
    }

    @Test
    void aBucketOfAnotherClusterIsRefused() throws Exception {
        assertThat(receiveThrough(spool, write("t")).code()).isZero();
        List<String> before = stored();
        server.close();
        server = LocalServer.start();
        Path other = Files.createDirectory(scratch.resolve("other"));

        Outcome outcome = receivewal("-D" + place(), "--spool=" + other, "-E" + write("t"));

        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.err())
                .contains("error: the server's system identifier is ")
                .contains("\"" + place() + "\" holds WAL of ")
                .contains("HINT: receive each cluster's WAL into a place of its own");
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void aBucketThatIsNotThereIsSaidBeforeAnythingIsReceived() throws Exception {
        Outcome outcome = receivewal("-Ds3://no-such-bucket/wal", "--spool=" + spool, "-Sone");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("error: there is no bucket \"no-such-bucket\"")
                .contains("HINT: ");
        assertThat(names(spool)).isEmpty();
    }
}
