package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.ScriptedServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * A server that wants to do harm to who receives its WAL. Whatever it sends: one line says what was wrong, nothing is
 * written outside of the directory, and nothing is acknowledged that is not there.
 */
@Timeout(120)
class HostileWalTest {

    private final StringWriter err = new StringWriter();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private Path room = Path.of("");

    @BeforeEach
    void makeRoom() throws IOException {
        Files.writeString(directory.resolve("mine"), "not yours");
        room = Files.createDirectory(directory.resolve("room"));
    }

    private static List<String> arguments(Path into, int port, boolean withSlot) {
        List<String> arguments = new ArrayList<>(List.of(
                "-D" + into,
                "-n",
                "--synchronous",
                "-Unobody",
                "-E" + ScriptedWal.position(ScriptedWal.STOP),
                "-dhost=127.0.0.1 sslmode=disable port=" + port));
        if (withSlot) {
            arguments.add("-Sone");
        }
        return arguments;
    }

    private int receivewal(ScriptedServer server, boolean withSlot) {
        return new CommandLine(new ReceivewalCommand())
                .setErr(new PrintWriter(err, true))
                .execute(arguments(room, server.port(), withSlot).toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aScriptThatIsNotSpoiledGivesWal(boolean withSlot) throws IOException {
        try (ScriptedServer server = ScriptedServer.start(new ScriptedWal())) {
            assertThat(receivewal(server, withSlot)).as(err.toString()).isZero();

            assertThat(err.toString()).isEmpty();
            assertThat(server.acknowledged()).isEqualTo(ScriptedWal.STOP);
        }
        assertThat(names(room))
                .containsExactly(
                        "000000010000000000000005.partial",
                        "00000002.history",
                        "000000020000000000000005",
                        "000000020000000000000006.partial");
    }

    @ParameterizedTest
    @MethodSource({
        "dev.pitrproof.cli.WalAttacks#identities",
        "dev.pitrproof.cli.WalAttacks#messages",
        "dev.pitrproof.cli.WalAttacks#wal",
        "dev.pitrproof.cli.WalAttacks#timelines"
    })
    void isRefusedInOneLine(WalAttack attack) throws IOException {
        ScriptedWal script = new ScriptedWal();
        attack.spoil().accept(script);
        try (ScriptedServer server = ScriptedServer.start(script)) {
            int exitCode = receivewal(server, attack.withSlot());

            List<String> said = err.toString().lines().toList();
            assertThat(said).hasSizeBetween(1, 2);
            assertThat(said.get(0)).startsWith("pitrproof: error: ").contains(attack.says());
            assertThat(said.stream().skip(1)).allMatch(line -> line.startsWith("HINT: "));
            assertThat(err.toString()).doesNotContain("Exception");
            assertThat(exitCode).isEqualTo(3);
            assertThat(server.acknowledged()).isLessThanOrEqualTo(attack.acknowledged());
        }
        assertThat(directory.resolve("mine")).hasContent("not yours");
        assertThat(names(directory)).containsExactly("mine", "room");
        assertThat(names(room)).containsExactlyInAnyOrderElementsOf(attack.left());
    }

    /** What has no end, or claims to be large, must not fill the memory: the program as it runs, with 64 MB. */
    @Test
    void needsNoMoreMemoryThanUsual() throws Exception {
        List<WalAttack> attacks = Stream.of(WalAttacks.messages(), WalAttacks.wal(), WalAttacks.timelines())
                .flatMap(all -> all)
                .filter(attack -> attack.name().matches(".*(endless|never ends|MB).*"))
                .toList();
        assertThat(attacks).hasSizeGreaterThan(9);
        List<ScriptedWal> scripts = new ArrayList<>();
        for (WalAttack attack : attacks) {
            ScriptedWal script = new ScriptedWal();
            attack.spoil().accept(script);
            scripts.add(script);
        }

        List<String> errors = SmallHeap.run(ManyReceivers.class, directory, scripts, directory.resolve("said")).stream()
                .filter(line -> line.startsWith("pitrproof: error: "))
                .toList();

        assertThat(errors).hasSameSizeAs(attacks);
        for (int i = 0; i < errors.size(); i++) {
            assertThat(errors.get(i)).contains(attacks.get(i).says());
        }
    }

    /** One after the other, from servers on these ports. */
    static final class ManyReceivers {

        private ManyReceivers() {}

        public static void main(String[] arguments) throws IOException {
            for (int i = 1; i < arguments.length; i++) {
                Path into = Files.createDirectory(Path.of(arguments[0], "from-" + i));
                new CommandLine(new ReceivewalCommand())
                        .execute(HostileWalTest.arguments(into, Integer.parseInt(arguments[i]), false)
                                .toArray(String[]::new));
            }
        }
    }

    private static List<String> names(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
