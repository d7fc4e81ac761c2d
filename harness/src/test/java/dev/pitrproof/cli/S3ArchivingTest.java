package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.s3.FaultyWire;
import dev.pitrproof.s3.S3Server;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code archive} leaves in a bucket, and what it tells the server. */
@SuppressWarnings("NullAway.Init") // set before all tests
class S3ArchivingTest {

    private static final String SEGMENT = "000000010000000000000007";
    private static final int ALWAYS = Integer.MAX_VALUE;

    @TempDir
    static Path root;

    private static S3Server server;
    private static FaultyWire wire;

    @TempDir
    Path pgWal;

    private record Outcome(int code, String out, String err) {}

    @BeforeAll
    static void start() throws IOException {
        server = S3Server.over(root);
        wire = FaultyWire.to(server);
        System.setProperty("aws.maxAttempts", "3");
    }

    @AfterAll
    static void stop() throws IOException {
        System.clearProperty("aws.maxAttempts");
        wire.close();
        server.close();
    }

    @BeforeEach
    void anEmptyBucket() throws IOException {
        wire.heal();
        Files.createDirectories(root.resolve("archives"));
        Files.deleteIfExists(stored(SEGMENT));
    }

    private static Path stored(String name) {
        return root.resolve("archives/main/wal").resolve(name);
    }

    private Path segment(long seed) throws IOException {
        byte[] content = new byte[1 << 20];
        new Random(seed).nextBytes(content);
        return Files.write(pgWal.resolve(SEGMENT), content);
    }

    private static Outcome archive(Path file, String place) {
        return archive(file, place, wire.endpoint());
    }

    private static Outcome archive(Path file, String place, URI endpoint) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine(new PrintWriter(out), new PrintWriter(err))
                .execute("archive", file.toString(), place, "--s3-endpoint=" + endpoint);
        assertThat(out + "" + err).doesNotContain("127.0.0.1").doesNotContain("no worth");
        return new Outcome(code, out.toString(), err.toString());
    }

    private static Outcome archive(Path file) {
        return archive(file, "s3://archives/main/wal");
    }

    @Test
    void theStoreHasWhatIsAcknowledged() throws Exception {
        Path segment = segment(1);
        assertThat(archive(segment)).isEqualTo(new Outcome(0, "", ""));
        assertThat(stored(SEGMENT)).hasSameBinaryContentAs(segment);
        assertThat(archive(segment)).as("again, after a crash").isEqualTo(new Outcome(0, "", ""));

        Path history = Files.writeString(pgWal.resolve("00000002.history"), "1\t0/7000000\tno reason\n");
        assertThat(archive(history)).isEqualTo(new Outcome(0, "", ""));
        assertThat(stored("00000002.history")).hasSameBinaryContentAs(history);
    }

    @Test
    void anotherFileIsNeverOverwritten() throws Exception {
        assertThat(archive(segment(1)).code()).isZero();
        byte[] first = Files.readAllBytes(stored(SEGMENT));

        Outcome outcome = archive(segment(2));

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err())
                .startsWith("error: s3://archives/main/wal/" + SEGMENT
                        + " is already archived with different content: refusing to overwrite it\nHINT: ");
        assertThat(stored(SEGMENT)).hasBinaryContent(first);
    }

    /** Some stores do not know the condition. */
    @Test
    void aStoreWithoutConditionsIsAskedFirst() throws Exception {
        wire.refuse(
                head -> head.startsWith("PUT") && head.toLowerCase(Locale.ROOT).contains("if-none-match"),
                ALWAYS,
                501,
                "NotImplemented",
                "");
        assertThat(archive(segment(1))).isEqualTo(new Outcome(0, "", ""));
        assertThat(archive(segment(1))).isEqualTo(new Outcome(0, "", ""));
        assertThat(archive(segment(2)).code()).isEqualTo(1);
    }

    @Test
    void whatTheStoreDoesNotHaveIsNotAcknowledged() throws Exception {
        Path segment = segment(1);
        wire.refuse(head -> head.startsWith("PUT"), ALWAYS, 503, "SlowDown", "");
        assertThat(archive(segment).code()).isEqualTo(3);
        wire.heal();
        wire.refuse(head -> head.startsWith("PUT"), ALWAYS, 403, "AccessDenied", "");
        Outcome denied = archive(segment);
        assertThat(denied.code()).isEqualTo(3);
        assertThat(denied.err()).contains("is denied (").contains("s3:PutObject");
        wire.heal();
        Outcome nowhere = archive(segment, "s3://no-such-bucket/wal", server.endpoint());
        assertThat(nowhere.code()).isEqualTo(3);
        assertThat(nowhere.err()).contains("there is no bucket \"no-such-bucket\"");
        assertThat(stored(SEGMENT)).doesNotExist();
    }

    /** The store has it, and the answer got lost: it is found there, and is the same. */
    @Test
    void anAnswerThatIsLostIsAskedForAgain() throws Exception {
        wire.cut(head -> head.startsWith("PUT"), 1, 0);
        assertThat(archive(segment(1))).isEqualTo(new Outcome(0, "", ""));
        assertThat(stored(SEGMENT)).exists();
    }

    @Test
    void onlyWalIsArchived() throws Exception {
        Path other = Files.writeString(pgWal.resolve("xlogtemp.12"), "");
        assertThat(archive(other).code()).isEqualTo(2);
        assertThat(archive(other).err()).contains("expected a file with the name of a WAL segment");
        assertThat(archive(pgWal.resolve(SEGMENT)).err()).contains("found no file");
        assertThat(archive(segment(1), root.toString()).code()).isEqualTo(2);
    }
}
