package dev.pitrproof.cli;

import dev.pitrproof.replication.ScriptedServer.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Messages, and results of commands, that no server sends. */
final class ProtocolAttacks {

    private ProtocolAttacks() {}

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
                        2,
                        List.of()));
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
