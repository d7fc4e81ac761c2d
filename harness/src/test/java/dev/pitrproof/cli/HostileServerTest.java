package dev.pitrproof.cli;

import static dev.pitrproof.cli.ScriptedBackup.header;
import static dev.pitrproof.cli.ScriptedBackup.member;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.ScriptedServer;
import dev.pitrproof.replication.ScriptedServer.Wire;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
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

    /** Looks like a link out, a name outside, a number that is none. */
    private record Attack(String name, Consumer<ScriptedBackup> spoil, String says, int exitCode, String... arguments) {

        static Attack of(String name, String says, Consumer<ScriptedBackup> spoil, String... arguments) {
            return new Attack(name, spoil, says, 3, arguments);
        }

        /** The backup is kept, but nobody may rely on it. */
        static Attack damage(String name, String says, Consumer<ScriptedBackup> spoil) {
            return new Attack(name, spoil, says, 1);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final StringWriter err = new StringWriter();

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private Path target = Path.of("");

    @BeforeEach
    void makeRoom() throws IOException {
        Files.writeString(directory.resolve("mine"), "not yours");
        target = Files.createDirectory(directory.resolve("room")).resolve("backup");
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
    @MethodSource({"membersOfTar", "manifests", "messages", "tablespaces", "positions", "wal"})
    void isRefusedInOneLine(Attack attack) throws IOException {
        ScriptedBackup script = new ScriptedBackup();
        attack.spoil().accept(script);

        boolean withWal = Arrays.asList(attack.arguments()).contains("-Xstream");
        List<String> arguments = new ArrayList<>(Arrays.asList(attack.arguments()));
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
            assertThat(names(target.getParent())).isEmpty();
        }
    }

    @Test
    void aFileThatCollidesWithOneBehindALinkIsRefused() throws IOException {
        ScriptedBackup script = new ScriptedBackup();
        script.tablespaces.add(0, new @Nullable String[] {"16384", "/x", "1"});
        script.archives.put("16384.tar", member("PG_VERSION", '0', "first"));
        withMember(member("pg_tblspc/16384", '2', ""), member("pg_tblspc/16384/PG_VERSION", '0', "second"))
                .accept(script);

        Path space = target.resolveSibling("space");
        assertThat(basebackup(script, "-Xnone", "-T/x=" + space)).isEqualTo(3);

        assertThat(err.toString())
                .isEqualTo("pitrproof: error: tar member \"pg_tblspc/16384/PG_VERSION\" comes twice\n");
        assertThat(names(target.getParent())).isEmpty();
    }

    /** What has no end, or claims to be large, must not fill the memory: the program as it runs, with 64 MB. */
    @Test
    void needsNoMoreMemoryThanUsual() throws Exception {
        List<String> endless =
                List.of("endless", "length 512 MB", "endless notices", "endless rows", "deep", "long name");
        List<Attack> attacks = Stream.concat(manifests(), messages())
                .filter(attack -> endless.contains(attack.name()))
                .toList();
        assertThat(attacks).hasSameSizeAs(endless);
        List<ScriptedServer> servers = new ArrayList<>();
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ManyBackups.class.getName(),
                    target.toString()));
            for (Attack attack : attacks) {
                ScriptedBackup script = new ScriptedBackup();
                attack.spoil().accept(script);
                servers.add(ScriptedServer.start(script));
                command.add(String.valueOf(servers.get(servers.size() - 1).port()));
            }
            Path said = directory.resolve("said");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();

            assertThat(process.waitFor()).as(Files.readString(said)).isZero();

            assertThat(Files.readString(said)).doesNotContain("OutOfMemory").doesNotContain("heap");
            assertThat(Files.readAllLines(said).stream().filter(line -> line.startsWith("exit code")))
                    .containsExactlyElementsOf(attacks.stream()
                            .map(attack -> "exit code " + attack.exitCode())
                            .toList());
        } finally {
            for (ScriptedServer server : servers) {
                server.close();
            }
        }
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

    private static Consumer<ScriptedBackup> withMember(byte[]... members) {
        return script -> Arrays.asList(members).forEach(script.more::writeBytes);
    }

    static Stream<Attack> membersOfTar() {
        List<Attack> both = new ArrayList<>();
        for (String format : List.of("-Fp", "-Ft")) {
            String outside = "does not stay inside its directory";
            both.addAll(List.of(
                    Attack.of("dots " + format, outside, withMember(member("../evil", '0', "x")), format),
                    Attack.of(
                            "dots below " + format, outside, withMember(member("global/../../evil", '0', "x")), format),
                    Attack.of("absolute " + format, outside, withMember(member("/tmp/evil", '0', "x")), format),
                    Attack.of(
                            "control characters " + format,
                            "member \"a?[2J/../x\"",
                            withMember(member("a\u001b[2J/../x", '0', "x")),
                            format),
                    Attack.of(
                            "link out " + format,
                            "is a symbolic link that is no tablespace",
                            withMember(member("pg_hba.conf", '2', "")),
                            format),
                    Attack.of("hard link " + format, "is of type '1'", withMember(member("x", '1', "")), format),
                    Attack.of("device " + format, "is of type '3'", withMember(member("x", '3', "")), format),
                    Attack.of(
                            "twice " + format,
                            "\"PG_VERSION\" comes twice",
                            withMember(member("PG_VERSION", '0', "17\n")),
                            format),
                    Attack.of(
                            "larger than its content " + format,
                            "in the middle of a member",
                            withMember(header("x", '0', "00000100000 ", "0000600 "), new byte[512]),
                            format),
                    Attack.of(
                            "smaller than its content " + format,
                            "has a wrong checksum",
                            withMember(
                                    header("x", '0', "00000000001 ", "0000600 "),
                                    member("y", '0', "y").clone(),
                                    "z".repeat(512).getBytes(StandardCharsets.UTF_8)),
                            format),
                    Attack.of(
                            "negative " + format,
                            "where an octal number is expected",
                            withMember(header("x", '0', "-0000000001 ", "0000600 ")),
                            format),
                    Attack.of(
                            "negative in base 256 " + format,
                            "a negative number, or one of more than 63 bits",
                            withMember(base256((byte) 0xFF, -5)),
                            format),
                    Attack.of(
                            "huge in base 256 " + format,
                            "a negative number, or one of more than 63 bits",
                            withMember(base256((byte) 0x80, -1)),
                            format),
                    Attack.of(
                            "an exabyte in base 256 " + format,
                            "in the middle of a member",
                            withMember(base256((byte) 0x80, 1L << 60)),
                            format),
                    Attack.of(
                            "no checksum " + format,
                            "where an octal number is expected",
                            withMember("x".repeat(512).getBytes(StandardCharsets.UTF_8)),
                            format)));
        }
        return Stream.concat(
                both.stream(),
                Stream.of(
                        Attack.of(
                                "link to a tablespace that is none",
                                "is a symbolic link that is no tablespace",
                                withMember(member("pg_tblspc/16384", '2', ""))),
                        Attack.of(
                                "file without a directory",
                                "comes without its directory",
                                withMember(member("base/1/2", '0', "x"))),
                        Attack.of(
                                "file below a file",
                                "comes without its directory",
                                withMember(member("PG_VERSION/x", '0', "x"))),
                        Attack.of(
                                "mode that keeps everybody out",
                                "where an octal number is expected",
                                withMember(
                                        header("locked/", '5', "00000000000 ", "0000000 "),
                                        member("locked/x", '0', "x"),
                                        "x".repeat(512).getBytes(StandardCharsets.UTF_8))),
                        Attack.damage(
                                "file that no manifest names",
                                "present on disk but not in the manifest",
                                withMember(member("intruder", '0', "x")))));
    }

    private static byte[] base256(byte lead, long value) {
        byte[] header = header("x", '0', "", "0000600 ");
        header[124] = lead;
        for (int i = 0; i < 11; i++) {
            header[135 - i] = (byte) (i < 8 ? value >>> (8 * i) : value < 0 ? 0xFF : 0);
        }
        return ScriptedBackup.summed(header);
    }

    private static Consumer<ScriptedBackup> withManifest(String text) {
        return script -> script.manifest = text.getBytes(StandardCharsets.UTF_8);
    }

    static Stream<Attack> manifests() {
        return Stream.of(
                Attack.of(
                        "none",
                        "sent no manifest, though it was asked to",
                        script -> script.copy = wire -> {
                            wire.copyOut();
                            script.sendArchives(wire);
                            wire.copyDone();
                        }),
                Attack.of(
                        "twice",
                        "sent a manifest twice",
                        script -> script.copy = wire -> {
                            wire.copyOut();
                            script.sendArchives(wire);
                            script.sendManifest(wire);
                            script.sendManifest(wire);
                            wire.copyDone();
                        }),
                Attack.of(
                        "before the archive",
                        "sent archive base.tar behind the manifest",
                        script -> script.copy = wire -> {
                            wire.copyOut();
                            script.sendManifest(wire);
                            script.sendArchives(wire);
                            wire.copyDone();
                        }),
                Attack.of(
                        "endless",
                        "the manifest does not end",
                        script -> script.copy = wire -> {
                            wire.copyOut();
                            script.sendArchives(wire);
                            wire.data('m', new byte[0]);
                            byte[] spaces = " ".repeat(30000).getBytes(StandardCharsets.UTF_8);
                            while (true) {
                                wire.data('d', spaces);
                            }
                        }),
                Attack.damage("empty", "is no backup manifest", withManifest("")),
                Attack.damage("no JSON", "is no backup manifest", withManifest(ScriptedBackup.signed("rubbish\n"))),
                Attack.damage(
                        "deep",
                        "is no backup manifest",
                        withManifest(ScriptedBackup.signed("[".repeat(500_000) + "\n"))),
                Attack.damage(
                        "long name",
                        "is no backup manifest",
                        withManifest(ScriptedBackup.signed("{ \"" + "x".repeat(500_000) + "\": 1,\n"))),
                Attack.damage(
                        "another checksum",
                        "manifest checksum mismatch",
                        script -> script.manifest = script.manifest()
                                .replace("PG_VERSION", "PG_VERSIOM")
                                .getBytes(StandardCharsets.UTF_8)),
                Attack.damage(
                        "of another system",
                        "the manifest is of the system 8",
                        script -> script.manifest = resigned(script.manifest().replace(ScriptedBackup.SYSTEM, "8"))),
                Attack.damage(
                        "negative size",
                        "has size -3",
                        script ->
                                script.manifest = resigned(script.manifest().replace("\"Size\": 3,", "\"Size\": -3,"))),
                Attack.damage(
                        "size of a hundred bits",
                        "is no backup manifest",
                        script -> script.manifest = resigned(
                                script.manifest().replace("\"Size\": 3,", "\"Size\": " + "9".repeat(30) + ","))));
    }

    private static byte[] resigned(String manifest) {
        return ScriptedBackup.signed(manifest.substring(0, manifest.indexOf("\"Manifest-Checksum")))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Attack message(String name, String says, ScriptedBackup.Part insteadOfTheCopy) {
        return Attack.of(name, says, script -> script.copy = insteadOfTheCopy);
    }

    static Stream<Attack> messages() {
        String noProtocol = "the connection does not speak PostgreSQL's protocol";
        return Stream.of(
                message("length 0", "claims 0 bytes: " + noProtocol, wire -> wire.header('d', 0)),
                message("length 3", "claims 3 bytes: " + noProtocol, wire -> wire.header('d', 3)),
                message(
                        "length 2^31-1",
                        "claims 2147483647 bytes: " + noProtocol,
                        wire -> wire.header('d', Integer.MAX_VALUE)),
                message("length -1", "claims -1 bytes: " + noProtocol, wire -> wire.header('d', -1)),
                message("length 512 MB", "claims 536870912 bytes: " + noProtocol, wire -> wire.header('d', 1 << 29)),
                message(
                        "unprintable type",
                        "unexpected message of type 0x1B",
                        wire -> wire.message('\u001b', new byte[0])),
                message(
                        "CopyData before CopyOutResponse",
                        "unexpected message of type 'd'",
                        wire -> wire.data('d', new byte[5])),
                message("CopyBothResponse", "unexpected message of type 'W'", Wire::copyBoth),
                message("row in the copy", "unexpected message of type 'D'", wire -> {
                    wire.copyOut();
                    wire.row("x");
                }),
                message("ready in the copy", "unexpected message of type 'Z'", wire -> {
                    wire.copyOut();
                    wire.ready();
                }),
                message("data of no archive", "sent data of no archive", wire -> {
                    wire.copyOut();
                    wire.data('d', new byte[512]);
                }),
                message("empty data", "is shorter than it must be", wire -> {
                    wire.copyOut();
                    wire.message('d', new byte[0]);
                }),
                message("unknown kind of data", "unexpected message of type 'x'", wire -> {
                    wire.copyOut();
                    wire.data('x', new byte[0]);
                }),
                message("nothing at all", "did not send archive base.tar", wire -> {
                    wire.copyOut();
                    wire.copyDone();
                }),
                message(
                        "archive with dots",
                        "sent an archive \"../base.tar\" of no tablespace it named",
                        wire -> archive("../base.tar", wire)),
                message(
                        "archive with a slash",
                        "sent an archive \"base.tar/x\" of no tablespace",
                        wire -> archive("base.tar/x", wire)),
                message(
                        "absolute archive",
                        "sent an archive \"/tmp/base.tar\" of no",
                        wire -> archive("/tmp/base.tar", wire)),
                message(
                        "archive that clears the screen",
                        "sent an archive \"?[2J\" of no",
                        wire -> archive("\u001b[2J", wire)),
                Attack.of(
                        "archive twice",
                        "sent archive base.tar twice",
                        script -> script.copy = wire -> {
                            wire.copyOut();
                            script.sendArchives(wire);
                            script.sendArchives(wire);
                        }),
                message("error in the middle", "error: ERROR: could not read block", wire -> {
                    wire.copyOut();
                    ScriptedBackup.begin("base.tar", wire);
                    wire.error("XX000", "could not read block\u001b[2J");
                    wire.ready();
                }),
                message("endless leftovers behind an error", "error: ERROR: no", wire -> {
                    wire.error("XX000", "no");
                    while (true) {
                        wire.complete("x");
                    }
                }),
                message("endless notices", "has sent 10000 notices and parameters in a row", wire -> {
                    while (true) {
                        wire.message('N', "SNOTICE\0VNOTICE\0C00000\0Mx\0\0".getBytes(StandardCharsets.UTF_8));
                    }
                }),
                message("endless parameters", "has sent 10000 notices and parameters in a row", wire -> {
                    while (true) {
                        wire.parameter("x", "y");
                    }
                }),
                message("connection cut", "server closed the connection unexpectedly", wire -> {
                    wire.copyOut();
                    wire.flush();
                    wire.close();
                }),
                row(
                        "negative columns",
                        "a row is shorter than it must be",
                        wire -> wire.message('D', new byte[] {-1, -1})),
                row(
                        "column longer than its row",
                        "a row is shorter than it must be",
                        wire -> wire.message('D', new byte[] {0, 1, 127, -1, -1, -1})),
                row("endless rows", "BASE_BACKUP returned more than anybody can have asked for", wire -> {
                    while (true) {
                        wire.row("0/200100", "1");
                    }
                }),
                row("no row", "BASE_BACKUP returned 0 rows: expected 1", wire -> wire.complete("SELECT")));
    }

    /** The last result, in which the server says where the backup ends. */
    private static Attack row(String name, String says, ScriptedBackup.Part rows) {
        return Attack.of(
                name,
                says,
                script -> script.beforeEnd = wire -> {
                    wire.describe(2);
                    rows.send(wire);
                });
    }

    private static void archive(String name, Wire wire) throws IOException {
        wire.copyOut();
        ScriptedBackup.begin(name, wire);
    }

    private static Attack tablespace(String name, String says, @Nullable String... row) {
        return Attack.of(name, says, script -> script.tablespaces.add(0, row), "-Ft");
    }

    static Stream<Attack> tablespaces() {
        return Stream.of(
                tablespace("dots", "lists a tablespace \"../../evil\": expected its OID", "../../evil", "/x", "1"),
                tablespace("zero", "lists a tablespace \"0\": expected its OID", "0", "/x", "1"),
                tablespace("relative", "lies in \"etc\": expected pg_tblspc/16384 or an absolute", "16384", "etc", "1"),
                tablespace("in place of another", "lies in \"pg_tblspc/1\"", "16384", "pg_tblspc/1", "1"),
                tablespace("no place", "returned no value in column 2", "16384", null, "1"),
                tablespace("negative size", "returned nonsense", "16384", "/x", "-1"),
                tablespace("too large a size", "expects a tablespace to have 9", "16384", "/x", "9223372036854775807"),
                tablespace("not that much space", "not enough space for ", "16384", "/x", "1125899906842624"),
                tablespace("that never comes", "did not send archive 16384.tar", "16384", "/x", "1"),
                tablespace("main in front", "behind the main data directory", null, null, "1"),
                Attack.of("twice", "lists tablespace 16384 twice", script -> {
                    script.tablespaces.add(0, new @Nullable String[] {"16384", "/x", "1"});
                    script.tablespaces.add(0, new @Nullable String[] {"16384", "/y", "1"});
                }),
                Attack.of("no main", "without the main data directory", script -> script.tablespaces.clear()),
                Attack.of(
                        "line end",
                        "a control character in a path that nobody has mapped",
                        script -> script.tablespaces.add(0, new @Nullable String[] {"16384", "/tmp/x\n/etc", "1"})),
                new Attack(
                        "in use",
                        script -> script.tablespaces.add(0, new @Nullable String[] {"16384", "/etc", "1"}),
                        "directory \"/etc\" exists but is not empty",
                        2));
    }

    static Stream<Attack> positions() {
        return Stream.of(
                Attack.of("start", "returned nonsense: \"garbage\" is not an LSN", script -> script.start = "garbage"),
                Attack.of("long start", "is not an LSN", script -> script.start = "FFFFFFFFF/0"),
                Attack.of("timeline 0", "timeline 0 does not exist", script -> script.timeline = "0"),
                Attack.of("timeline -1", "\"-1\" is not a timeline", script -> script.timeline = "-1"),
                Attack.of("end before start", "before its start at 0/200028", script -> script.end = "0/1000"),
                Attack.of("end", "returned nonsense", script -> script.end = ""),
                Attack.of("system", "returned nonsense", script -> script.system = "one"),
                Attack.damage(
                        "another start in the label",
                        "backup_label says that the backup begins at 0/300028",
                        script -> script.label = script.label.replace("0/200028", "0/300028")),
                Attack.of(
                        "no label",
                        "no line \"CHECKPOINT LOCATION",
                        script -> script.label = "START WAL LOCATION: 0/200028\n"),
                Attack.damage(
                        "control file of another system",
                        "global/pg_control is of the system 7000000000000000001",
                        script -> script.system = "7"));
    }

    static Stream<Attack> wal() {
        return Stream.of(
                Attack.of(
                        "two systems",
                        "reached two different clusters",
                        script -> script.systemOfSecondConnection = "7",
                        "-Xstream"),
                Attack.of(
                        "segment of 3 MB",
                        "wal_segment_size is \"3MB\"",
                        script -> script.segmentSize = "3MB",
                        "-Xstream"),
                Attack.of(
                        "segment of Arabic digits",
                        "wal_segment_size is",
                        script -> script.segmentSize = "\u0661MB",
                        "-Xstream"),
                Attack.of(
                        "segment of too many digits",
                        "wal_segment_size is",
                        script -> script.segmentSize = "9".repeat(30),
                        "-Xstream"),
                Attack.of(
                        "from elsewhere",
                        "the server sent WAL from 0/500000: expected 0/200000",
                        script -> script.wal = wire -> {
                            wire.copyBoth();
                            wire.wal(0x500000, new byte[100]);
                        },
                        "-Xstream"),
                Attack.of(
                        "short message",
                        "a message of the WAL stream is shorter",
                        script -> script.wal = wire -> {
                            wire.copyBoth();
                            wire.data('w', new byte[3]);
                        },
                        "-Xstream"),
                Attack.of(
                        "empty message",
                        "a message of the WAL stream is shorter",
                        script -> script.wal = wire -> {
                            wire.copyBoth();
                            wire.message('d', new byte[0]);
                        },
                        "-Xstream"),
                Attack.of(
                        "the same timeline again",
                        "names timeline 1 as the one behind timeline 1",
                        script -> script.wal = wire -> nextTimeline("1", "0/200000", wire),
                        "-Xstream"),
                Attack.of(
                        "a timeline that begins later",
                        "but says that timeline 2 begins at 5/0",
                        script -> script.wal = wire -> nextTimeline("2", "5/0", wire),
                        "-Xstream"),
                Attack.of(
                        "history of another name",
                        "calls the history file of timeline 2 \"../evil\"",
                        script -> {
                            script.wal = wire -> nextTimeline("2", "0/200000", wire);
                            script.history = wire -> wire.result("../evil", "1\t0/200000\tx\n");
                        },
                        "-Xstream"),
                Attack.of(
                        "history that makes no sense",
                        "returned nonsense: line 1 of 00000002.history",
                        script -> {
                            script.wal = wire -> nextTimeline("2", "0/200000", wire);
                            script.history = wire -> wire.result("00000002.history", "rubbish\n");
                        },
                        "-Xstream"));
    }

    private static void nextTimeline(String timeline, String begin, Wire wire) throws IOException {
        wire.describe(2);
        wire.row(timeline, begin);
        wire.complete("SELECT");
        wire.complete("START_STREAMING");
        wire.ready();
    }
}
