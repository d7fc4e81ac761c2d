package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.ScriptedServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** From one timeline to the next, with a server that does at its end what walsender.c may do, but seldom does. */
@Timeout(120)
class WalAcrossTimelinesTest {

    private static final byte[] SIGN_OF_LIFE = new byte[2 * Long.BYTES + 1];

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private final StringWriter err = new StringWriter();

    private void receivesAll(ScriptedWal script) throws IOException {
        try (ScriptedServer server = ScriptedServer.start(script)) {
            int exitCode = new CommandLine(new ReceivewalCommand())
                    .setErr(new PrintWriter(err, true))
                    .execute(
                            "-D" + directory,
                            "-n",
                            "--synchronous",
                            "-Unobody",
                            "-E" + ScriptedWal.position(ScriptedWal.STOP),
                            "-dhost=127.0.0.1 sslmode=disable port=" + server.port());

            assertThat(err.toString()).isEmpty();
            assertThat(exitCode).isZero();
            assertThat(server.acknowledged()).isEqualTo(ScriptedWal.STOP);
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrder(
                            "000000010000000000000005.partial",
                            "00000002.history",
                            "000000020000000000000005",
                            "000000020000000000000006.partial");
        }
    }

    /** Until the client has answered its end of the copying, the server answers a status that asks for it. */
    @Test
    void aSignOfLifeBehindTheEndOfATimelineIsPassedOver() throws IOException {
        ScriptedWal script = new ScriptedWal();
        script.first = wire -> {
            wire.copyBoth();
            ScriptedWal.send(ScriptedWal.BEGIN, ScriptedWal.BRANCH, wire);
            wire.copyDone();
            wire.data('k', SIGN_OF_LIFE);
            wire.awaitCopyDone();
            ScriptedWal.nameNext("2", ScriptedWal.position(ScriptedWal.BRANCH), wire);
        };

        receivesAll(script);
    }

    /** Of the old timeline there is more than the next one has of it: half a record. */
    @Test
    void whatIsDurableOfTheOldTimelineIsNotToldOfTheNextOne() throws IOException {
        long received = ScriptedWal.BEGIN + 0x4000;
        AtomicLong told = new AtomicLong();
        ScriptedWal script = new ScriptedWal();
        script.first = wire -> {
            wire.copyBoth();
            ScriptedWal.send(ScriptedWal.BEGIN, ScriptedWal.BRANCH + 0x2000, wire);
            ScriptedWal.leave("2", ScriptedWal.position(ScriptedWal.BRANCH), wire);
        };
        script.second = wire -> {
            wire.copyBoth();
            ScriptedWal.send(ScriptedWal.BEGIN, received, wire);
            told.set(wire.awaitStatus());
            ScriptedWal.sendRest(received, ScriptedWal.STOP, wire);
            ScriptedWal.end(wire);
        };

        receivesAll(script);

        assertThat(told).hasValue(received);
    }
}
