package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.s3.FaultyWire;
import dev.pitrproof.s3.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A server that speaks S3 for the tests of a class, with a wire before it on which things may happen until the test ends;
 * and the program, which talks to it through that wire.
 */
@SuppressWarnings("NullAway.Init") // set before all tests
final class StoreAtHand implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    static final int ALWAYS = Integer.MAX_VALUE;

    private Path root;
    private S3Server server;
    private FaultyWire wire;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        root = Files.createTempDirectory("pitrproof-buckets");
        server = S3Server.over(root);
        wire = FaultyWire.to(server);
        System.setProperty("aws.maxAttempts", "3");
    }

    @Override
    public void afterEach(ExtensionContext context) {
        wire.heal();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        System.clearProperty("aws.maxAttempts");
        wire.close();
        server.close();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** The directory whose directories are the buckets. */
    Path root() {
        return root;
    }

    S3Server server() {
        return server;
    }

    FaultyWire wire() {
        return wire;
    }

    /** Runs the program, which must not tell where the store is, nor its secrets. */
    Outcome run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (all.stream().noneMatch(argument -> argument.startsWith("--s3-endpoint"))) {
            all.add("--s3-endpoint=" + wire.endpoint());
        }
        Outcome outcome = Outcome.of(all);
        assertThat(outcome.out() + outcome.err()).doesNotContain("127.0.0.1").doesNotContain("no worth");
        return outcome;
    }

    /** Sizes and times of everything in the buckets. */
    Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                contents.put(file.toString(), Files.size(file) + " " + Files.getLastModifiedTime(file));
            }
        }
        return contents;
    }
}
