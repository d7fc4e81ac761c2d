package dev.pitrproof.cli;

import static dev.pitrproof.cli.ScriptedBackup.member;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.ScriptedServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * A server that wants to do harm. Whatever it sends: one line says what was wrong, nothing is written outside of the
 * target, and nothing stays that looks like a backup.
 */
@Timeout(120)
class HostileServerTest {

    private final StringWriter err = new StringWriter();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private Path room = Path.of("");
    private Path target = Path.of("");

    @BeforeEach
    void makeRoom() throws IOException {
        Files.writeString(directory.resolve("mine"), "not yours");
        room = Files.createDirectory(directory.resolve("room"));
        target = room.resolve("backup");
    }

    private int basebackup(ScriptedBackup script, String... further) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("-D" + target, "-N", "-Unobody", "--manifest-checksums=SHA256"));
        arguments.addAll(Arrays.asList(further));
        try (ScriptedServer server = ScriptedServer.start(script)) {
            arguments.addAll(List.of("-dhost=127.0.0.1 sslmode=disable port=" + server.port()));
            int exitCode = new CommandLine(new BasebackupCommand())
                    .setErr(new PrintWriter(err, true))
                    .execute(arguments.toArray(String[]::new));
            assertThat(server.commands())
                    .filteredOn(command -> command.startsWith("CREATE_REPLICATION_SLOT"))
                    .allMatch(command -> command.contains(" TEMPORARY "));
            return exitCode;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xnone -Fp", "-Xnone -Ft", "-Xstream -Fp", "-Xstream -Ft"})
    void aScriptThatIsNotSpoiledGivesABackup(String arguments) throws IOException {
        assertThat(basebackup(new ScriptedBackup(), arguments.split(" ")))
                .as(err.toString())
                .isZero();

        assertThat(err.toString()).isEmpty();
        assertThat(target.resolve("backup_manifest")).exists();
    }

    @ParameterizedTest
    @MethodSource({
        "dev.pitrproof.cli.ArchiveAttacks#membersOfTar",
        "dev.pitrproof.cli.ArchiveAttacks#manifests",
        "dev.pitrproof.cli.ProtocolAttacks#messages",
        "dev.pitrproof.cli.ProtocolAttacks#tablespaces",
        "dev.pitrproof.cli.ProtocolAttacks#positions",
        "dev.pitrproof.cli.ProtocolAttacks#wal"
    })
    void isRefusedInOneLine(Attack attack) throws IOException {
        ScriptedBackup script = new ScriptedBackup();
        attack.spoil().accept(script);

        boolean withWal = attack.arguments().contains("-Xstream");
        List<String> arguments = new ArrayList<>(attack.arguments());
        if (!withWal) {
            arguments.add("-Xnone");
        }
        int exitCode = basebackup(script, arguments.toArray(String[]::new));

        List<String> said = err.toString().lines().toList();
        assertThat(said.get(0)).startsWith("pitrproof: error: ");
        assertThat(err.toString()).contains(attack.says());
        assertThat(err.toString()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(exitCode).isEqualTo(attack.exitCode());
        assertThat(directory.resolve("mine")).hasContent("not yours");
        assertThat(names(directory)).containsExactly("mine", "room");
        if (exitCode == 1) {
            assertThat(target.resolve("backup_damage")).content().contains(attack.says());
        } else {
            assertThat(said).hasSizeLessThanOrEqualTo(2);
            assertThat(said.stream().skip(1)).allMatch(line -> line.startsWith("HINT: "));
            assertThat(names(room)).isEmpty();
        }
    }

    @Test
    void aFileThatCollidesWithOneBehindALinkIsRefused() throws IOException {
        ScriptedBackup script = new ScriptedBackup();
        script.tablespaces.add(0, new @Nullable String[] {"16384", "/x", "1"});
        script.archives.put("16384.tar", member("PG_VERSION", '0', "first"));
        ArchiveAttacks.withMember(
                        member("pg_tblspc/16384", '2', ""), member("pg_tblspc/16384/PG_VERSION", '0', "second"))
                .accept(script);

        Path space = target.resolveSibling("space");
        assertThat(basebackup(script, "-Xnone", "-T/x=" + space)).isEqualTo(3);

        assertThat(err.toString())
                .isEqualTo("pitrproof: error: tar member \"pg_tblspc/16384/PG_VERSION\" comes twice\n");
        assertThat(names(room)).isEmpty();
    }

    /** What has no end, or claims to be large, must not fill the memory: the program as it runs, with 64 MB. */
    @Test
    void needsNoMoreMemoryThanUsual() throws Exception {
        List<String> endless =
                List.of("endless", "length 512 MB", "endless notices", "endless rows", "deep", "long name");
        List<Attack> attacks = Stream.concat(ArchiveAttacks.manifests(), ProtocolAttacks.messages())
                .filter(attack -> endless.contains(attack.name()))
                .toList();
        assertThat(attacks).hasSameSizeAs(endless);
        List<ScriptedBackup> scripts = new ArrayList<>();
        for (Attack attack : attacks) {
            ScriptedBackup script = new ScriptedBackup();
            attack.spoil().accept(script);
            scripts.add(script);
        }

        List<String> said = SmallHeap.run(ManyBackups.class, target, scripts, directory.resolve("said"));

        assertThat(said.stream().filter(line -> line.startsWith("exit code")))
                .containsExactlyElementsOf(attacks.stream()
                        .map(attack -> "exit code " + attack.exitCode())
                        .toList());
    }

    /** One backup after the other, from servers on these ports. */
    static final class ManyBackups {

        private ManyBackups() {}

        public static void main(String[] arguments) {
            for (int i = 1; i < arguments.length; i++) {
                int exitCode = new CommandLine(new BasebackupCommand())
                        .execute(
                                "-D" + arguments[0] + i,
                                "-N",
                                "-Unobody",
                                "-Xnone",
                                "--manifest-checksums=SHA256",
                                "-dhost=127.0.0.1 sslmode=disable port=" + arguments[i]);
                System.out.println("exit code " + exitCode);
            }
        }
    }

    private static List<String> names(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
