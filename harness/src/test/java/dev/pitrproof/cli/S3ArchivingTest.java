package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What {@code archive} leaves in a bucket, and what it tells the server. */
@SuppressWarnings("NullAway.Init") // set before all tests
class S3ArchivingTest {

    private static final String SEGMENT = "000000010000000000000007";

    @RegisterExtension
    static final StoreAtHand STORE = new StoreAtHand();

    @TempDir
    Path pgWal;

    @BeforeEach
    void anEmptyBucket() throws IOException {
        Files.createDirectories(STORE.root().resolve("archives"));
        Files.deleteIfExists(stored(SEGMENT));
    }

    private static Path stored(String name) {
        return STORE.root().resolve("archives/main/wal").resolve(name);
    }

    private Path segment(long seed) throws IOException {
        byte[] content = new byte[1 << 20];
        new Random(seed).nextBytes(content);
        return Files.write(pgWal.resolve(SEGMENT), content);
    }

    private static Outcome archive(Path file, String place) {
        return STORE.run("archive", file.toString(), place);
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
        STORE.wire()
                .refuse(
                        head -> head.startsWith("PUT")
                                && head.toLowerCase(Locale.ROOT).contains("if-none-match"),
                        StoreAtHand.ALWAYS,
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
        STORE.wire().refuse(head -> head.startsWith("PUT"), StoreAtHand.ALWAYS, 503, "SlowDown", "");
        assertThat(archive(segment).code()).isEqualTo(3);
        STORE.wire().heal();
        STORE.wire().refuse(head -> head.startsWith("PUT"), StoreAtHand.ALWAYS, 403, "AccessDenied", "");
        Outcome denied = archive(segment);
        assertThat(denied.code()).isEqualTo(3);
        assertThat(denied.err()).contains("is denied (").contains("s3:PutObject");
        STORE.wire().heal();
        Outcome nowhere = STORE.run(
                "archive",
                segment.toString(),
                "s3://no-such-bucket/wal",
                "--s3-endpoint=" + STORE.server().endpoint());
        assertThat(nowhere.code()).isEqualTo(3);
        assertThat(nowhere.err()).contains("there is no bucket \"no-such-bucket\"");
        assertThat(stored(SEGMENT)).doesNotExist();
    }

    /** The store has it, and the answer got lost: it is found there, and is the same. */
    @Test
    void anAnswerThatIsLostIsAskedForAgain() throws Exception {
        STORE.wire().cut(head -> head.startsWith("PUT"), 1, 0);
        assertThat(archive(segment(1))).isEqualTo(new Outcome(0, "", ""));
        assertThat(stored(SEGMENT)).exists();
    }

    @Test
    void onlyWalIsArchived() throws Exception {
        Path other = Files.writeString(pgWal.resolve("xlogtemp.12"), "");
        assertThat(archive(other).code()).isEqualTo(2);
        assertThat(archive(other).err()).contains("expected a file with the name of a WAL segment");
        assertThat(archive(pgWal.resolve(SEGMENT)).err()).contains("found no file");
        assertThat(archive(segment(1), STORE.root().toString()).code()).isEqualTo(2);
    }
}
