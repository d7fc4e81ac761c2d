package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.s3.FaultyWire;
import dev.pitrproof.wal.RecordedWal;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a user sees of archives in buckets: of sound ones, and of everything that lies between. */
@ExtendWith(RecordedWal.Resolver.class)
@SuppressWarnings("NullAway.Init") // set before all tests
class S3CommandsTest {

    private static final String PLACE = "s3://archives/main/wal";

    @RegisterExtension
    static final StoreAtHand STORE = new StoreAtHand();

    private Path files;

    @BeforeEach
    void fill(RecordedWal wal) throws IOException {
        files = Files.createDirectories(STORE.root().resolve("archives/main/wal"));
        try (Stream<Path> all = Files.list(wal.archive())) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Files.copy(file, files.resolve(String.valueOf(file.getFileName())));
            }
        }
    }

    @AfterEach
    void empty() throws IOException {
        try (Stream<Path> all = Files.list(files)) {
            for (Path file : all.toList()) {
                Files.delete(file);
            }
        }
    }

    private static Outcome run(String... arguments) {
        return STORE.run(arguments);
    }

    private static void assertFails(Outcome outcome, int code, String error, String hint) {
        assertThat(outcome.err()).contains("error: " + error).containsPattern("HINT: .*" + hint);
        assertThat(outcome.err().lines()).hasSize(2);
        assertThat(outcome.code()).isEqualTo(code);
        assertThat(outcome.out()).isEmpty();
    }

    private static Predicate<String> get(String text) {
        return head ->
                head.startsWith("GET ") && head.lines().findFirst().orElse("").contains(text);
    }

    private String someSegment() throws IOException {
        try (Stream<Path> all = Files.list(files)) {
            return all.map(file -> String.valueOf(file.getFileName()))
                    .filter(SegmentName::isSegment)
                    .sorted()
                    .skip(2)
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void saysOfABucketWhatItSaysOfADirectoryAndWritesNothing() throws Exception {
        Map<String, String> before = STORE.contents();
        for (List<String> command : List.of(
                List.of("transactions"),
                List.of("transactions", "--json"),
                List.of("audit"),
                List.of("find", "--all"))) {
            List<String> there = new ArrayList<>(command);
            List<String> here = new ArrayList<>(command);
            String option = command.get(0).equals("find") ? "--archive=" : "";
            there.add(option + PLACE + "/");
            here.add(option + files);

            Outcome bucket = run(there.toArray(String[]::new));
            Outcome directory = Outcome.of(here.toArray(String[]::new));

            assertThat(bucket).isEqualTo(directory);
            assertThat(bucket.out()).isNotEmpty();
        }
        assertThat(STORE.contents()).isEqualTo(before);
        assertThat(STORE.wire().requests())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("GET ") || line.startsWith("HEAD "));
    }

    @Test
    void listsMoreThanAThousandKeys() throws Exception {
        Outcome before = run("audit", PLACE);
        for (int i = 0; i < 1100; i++) {
            Files.writeString(files.resolve("000000000000 no WAL " + i), "");
        }
        int asked = STORE.wire().requests().size();

        assertThat(run("audit", PLACE)).isEqualTo(before);

        assertThat(STORE.wire()
                        .requests()
                        .subList(asked, STORE.wire().requests().size()))
                .anyMatch(line -> line.contains("continuation-token"));
    }

    @Test
    void aWrongPlaceIsUsage() {
        assertFails(
                run("audit", "s3://no-such-bucket/wal"), 2, "there is no bucket \"no-such-bucket\"", "check its name");
        assertFails(
                run("audit", "s3://archives"),
                2,
                "\"s3://archives\" holds no WAL segments",
                "name one of the folders in it: s3://archives/main/");
        assertFails(
                run("transactions", "s3://archives/main/elsewhere"),
                2,
                "\"s3://archives/main/elsewhere\" holds no WAL segments",
                "24 hexadecimal digits");
        assertThat(run("audit", "s3:archives").err()).contains("expected s3://BUCKET/PREFIX");
        assertThat(run("audit", "s3://a_/x").code()).isEqualTo(2);
        assertThat(run("audit", PLACE, "--s3-endpoint=ftp://somewhere").err()).contains("expected https://HOST[:PORT]");
        assertThat(run("audit", STORE.root().toString()).err()).contains("expected an s3:// one");
    }

    @Test
    void whoMayNotOrCannotIsToldWhy() throws Exception {
        STORE.wire().refuse(get(""), StoreAtHand.ALWAYS, 403, "AccessDenied", "");
        assertFails(run("audit", PLACE), 3, "access to " + PLACE + " is denied", "s3:ListBucket .* s3:GetObject");
        STORE.wire().heal();
        STORE.wire().refuse(get(""), StoreAtHand.ALWAYS, 403, "RequestTimeTooSkewed", "");
        assertFails(run("transactions", PLACE), 3, "the clocks of this machine and of the store differ", "timedatectl");
        STORE.wire().heal();
        STORE.wire().refuse(get(""), StoreAtHand.ALWAYS, 403, "ExpiredToken", "");
        assertFails(run("audit", PLACE), 3, "the credentials for " + PLACE + " have expired", "aws sso login");
        STORE.wire().heal();
        STORE.wire()
                .refuse(get(""), StoreAtHand.ALWAYS, 301, "PermanentRedirect", "x-amz-bucket-region: eu-central-1\r\n");
        assertFails(run("audit", PLACE), 3, "bucket \"archives\" is in another region, eu-central-1", "set AWS_REGION");
        STORE.wire().heal();
        STORE.wire().refuse(get("/main/wal/0000"), StoreAtHand.ALWAYS, 403, "InvalidObjectState", "");
        assertThat(run("audit", PLACE).err()).contains("is in cold storage").contains("restore-object");
        STORE.wire().heal();

        String secret = System.getProperty("aws.secretAccessKey");
        System.setProperty("aws.secretAccessKey", "of another store");
        try {
            assertFails(run("audit", PLACE), 3, "the credentials for " + PLACE + " are not valid", "AWS_PROFILE");
        } finally {
            System.setProperty("aws.secretAccessKey", secret);
        }
        URI gone;
        try (FaultyWire closed = FaultyWire.to(STORE.server())) {
            gone = closed.endpoint();
        }
        assertFails(run("audit", PLACE, "--s3-endpoint=" + gone), 3, "the store cannot be reached", "AWS_ENDPOINT_URL");
    }

    @Test
    void aStoreThatAsksToSlowDownIsGivenTime() {
        Outcome healthy = run("audit", PLACE);
        STORE.wire().refuse(get("/main/wal/0000"), 1, 503, "SlowDown", "");
        assertThat(run("audit", PLACE)).isEqualTo(healthy);

        STORE.wire().refuse(get(""), StoreAtHand.ALWAYS, 503, "SlowDown", "");
        assertFails(run("audit", PLACE), 3, "the store did not serve " + PLACE, "try again later");
    }

    @Test
    void aDownloadThatBreaksOffGoesOnWhereItBroke() throws Exception {
        Outcome healthy = run("audit", PLACE);
        String segment = someSegment();
        STORE.wire().cut(get(segment), 2, 30_000);
        assertThat(run("audit", PLACE)).isEqualTo(healthy);

        STORE.wire().cut(get(segment), 2, 100);
        assertThat(run("audit", PLACE)).isEqualTo(healthy);

        STORE.wire().cut(get(segment), StoreAtHand.ALWAYS, 100);
        Outcome cut = run("audit", PLACE);
        assertThat(cut.out())
                .contains("cannot download " + PLACE + "/" + segment)
                .contains("check the network");
        assertThat(cut.code()).isEqualTo(3);
    }

    @Test
    void whatChangesWhileItIsReadIsNoWal() throws Exception {
        String segment = someSegment();
        STORE.server().put("archives", "main/wal/" + segment, Files.readAllBytes(files.resolve(segment)));
        STORE.wire().before(get(segment), () -> {
            try {
                byte[] content = Files.readAllBytes(files.resolve(segment));
                content[content.length - 1] ^= 1;
                STORE.server().put("archives", "main/wal/" + segment, content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        Outcome outcome = run("audit", PLACE);

        assertThat(outcome.out()).contains(PLACE + "/" + segment + " was changed while it was read");
        assertThat(outcome.code()).isEqualTo(3);
    }

    @Test
    void whatDisappearsIsMissing() throws Exception {
        String segment = someSegment();
        Path file = files.resolve(segment);
        STORE.wire().before(get(segment), () -> file.toFile().delete());

        Outcome outcome = run("audit", PLACE);

        assertThat(outcome.out()).contains(segment);
        assertThat(outcome.code()).isNotZero();
    }
}
