package dev.pitrproof.cli;

import static dev.pitrproof.cli.ScriptedWal.BEGIN;
import static dev.pitrproof.cli.ScriptedWal.BRANCH;
import static dev.pitrproof.cli.ScriptedWal.SEGMENT;
import static dev.pitrproof.cli.ScriptedWal.position;

import dev.pitrproof.replication.ScriptedServer.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What no server sends to a client that receives WAL. */
final class WalAttacks {

    private static final String NO_PROTOCOL = "the connection does not speak PostgreSQL's protocol";
    private static final int HUGE = 15 << 20;

    private WalAttacks() {}

    private static WalAttack identity(String name, String says, @Nullable String... row) {
        return WalAttack.of(name, says, script -> script.identity = wire -> wire.result(row));
    }

    private static WalAttack segmentSize(String size) {
        return WalAttack.of(
                "segments of " + size, "wal_segment_size is \"" + size + "\"", script -> script.segmentSize = size);
    }

    static Stream<WalAttack> identities() {
        String system = ScriptedBackup.SYSTEM;
        return Stream.of(
                identity("system in words", "returned nonsense", "one", "1", "0/510000", null),
                identity("negative system", "returned nonsense", "-1", "1", "0/510000", null),
                identity("another system", "WAL of system " + system + ": expected", "7", "1", "0/510000", null),
                identity("timeline 0", "timeline 0 does not exist", system, "0", "0/510000", null),
                identity("timeline -1", "\"-1\" is not a timeline", system, "-1", "0/510000", null),
                identity("timeline with dots", "\"../1\" is not a timeline", system, "../1", "0/510000", null),
                identity("position in words", "is not an LSN", system, "1", "here", null),
                identity("long position", "is not an LSN", system, "1", "FFFFFFFFF/0", null),
                identity("no position", "no value in column 3", system, "1"),
                identity("no WAL yet", "its WAL is at 0/0: expected", system, "1", "0/0", null),
                identity("end of all WAL", "its WAL is at FFFFFFFF/FFFFFFFF", system, "1", "FFFFFFFF/FFFFFFFF", null),
                WalAttack.of(
                        "nobody",
                        "IDENTIFY_SYSTEM returned 0 rows",
                        script -> script.identity = wire -> {
                            wire.describe(4);
                            wire.complete("SELECT");
                        }),
                WalAttack.of(
                        "two of them",
                        "IDENTIFY_SYSTEM returned 2 rows",
                        script -> script.identity = wire -> {
                            wire.describe(4);
                            wire.row(system, "1", "0/510000", null);
                            wire.row(system, "1", "0/510000", null);
                            wire.complete("SELECT");
                        }),
                segmentSize("3MB"),
                segmentSize("0"),
                segmentSize("-1MB"),
                segmentSize("2GB"),
                WalAttack.onSlot("slot nowhere", "is not an LSN", wire -> wire.result("physical", "nowhere", "1")),
                WalAttack.onSlot("slot at 0/0", "WAL is at 0/0", wire -> wire.result("physical", "0/0", "1")),
                WalAttack.onSlot("slot on timeline 0", "does not exist", wire -> wire.result("physical", "0/1", "0")),
                WalAttack.onSlot("no slot at all", "returned 0 rows: expected 1", wire -> {
                    wire.describe(3);
                    wire.complete("SELECT");
                }));
    }

    static Stream<WalAttack> messages() {
        return Stream.of(
                WalAttack.stream("length 3", "claims 3 bytes: " + NO_PROTOCOL, wire -> wire.header('d', 3)),
                WalAttack.stream("length -1", "claims -1 bytes: " + NO_PROTOCOL, wire -> wire.header('d', -1)),
                WalAttack.stream(
                        "length 512 MB", "claims 536870912 bytes: " + NO_PROTOCOL, wire -> wire.header('d', 1 << 29)),
                WalAttack.stream(
                        "data before the copy",
                        "type 'd' during START_REPLICATION",
                        wire -> wire.wal(BEGIN, new byte[9])),
                WalAttack.stream("copy out only", "type 'H' during START_REPLICATION", Wire::copyOut),
                WalAttack.stream("unprintable type", "type 0x1B", wire -> wire.message('\u001b', new byte[0])),
                WalAttack.behind("copy in the copy", "type 'W' during START_REPLICATION", Wire::copyBoth),
                WalAttack.behind("row in the copy", "type 'D' during START_REPLICATION", wire -> wire.row("x")),
                WalAttack.behind("ready in the copy", "type 'Z' during START_REPLICATION", Wire::ready),
                WalAttack.behind("empty data", "is shorter than it must be", wire -> wire.message('d', new byte[0])),
                WalAttack.behind("short data", "is shorter than it must be", wire -> wire.data('w', new byte[23])),
                WalAttack.behind("short keepalive", "is shorter than it must be", wire -> wire.data('k', new byte[16])),
                WalAttack.behind("unknown data", "unexpected message of type 'x'", wire -> wire.data('x', new byte[9])),
                WalAttack.behind("end of the command", "the server has shut down", wire -> wire.complete("COPY 0")),
                WalAttack.behind("cut", "server closed the connection unexpectedly", wire -> {
                    wire.flush();
                    wire.close();
                }),
                WalAttack.behind("error that clears the screen", "error: ERROR: no?[2J more", wire -> {
                    wire.error("XX000", "no\u001b[2J more");
                    wire.ready();
                }),
                WalAttack.behind("error of 15 MB", "error: ERROR: xxxx", wire -> {
                    wire.error("XX000", "x".repeat(HUGE));
                    wire.ready();
                }),
                WalAttack.behind("endless leftovers behind an error", "error: ERROR: no", wire -> {
                    wire.error("XX000", "no");
                    while (true) {
                        wire.complete("x");
                    }
                }),
                WalAttack.behind("endless keepalives", "has sent 10000 keepalives in a row within 10 seconds", wire -> {
                    while (true) {
                        wire.data('k', new byte[17]);
                    }
                }),
                WalAttack.behind("endless questions", "has sent 10000 keepalives in a row within 10 seconds", wire -> {
                    byte[] question = new byte[17];
                    question[16] = 1;
                    while (true) {
                        wire.data('k', question);
                    }
                }),
                WalAttack.behind("endless notices", "has sent 10000 notices and parameters in a row", wire -> {
                    while (true) {
                        wire.notice("x");
                    }
                }),
                WalAttack.behind("endless parameters", "has sent 10000 notices and parameters in a row", wire -> {
                    while (true) {
                        wire.parameter("x", "y");
                    }
                }));
    }

    static Stream<WalAttack> wal() {
        long system = Long.parseLong(ScriptedBackup.SYSTEM);
        return Stream.of(
                first("from elsewhere", "sent WAL from 0/700000: expected 0/500000", 7L * SEGMENT, new byte[100]),
                first("from before", "sent WAL from 0/4FFFFF: expected 0/500000", BEGIN - 1, new byte[100]),
                first("from position 0", "sent WAL from 0/0: expected 0/500000", 0, new byte[100]),
                first("from behind everything", "sent WAL from FFFFFFFF/FFFFFFFF", -1, new byte[100]),
                first("zeros", "from 0/500000 is no WAL: expected a segment to begin", BEGIN, new byte[8192]),
                first("zeros of 15 MB", "from 0/500000 is no WAL: expected", BEGIN, new byte[HUGE]),
                first("of another place", "sent WAL of 0/900000", BEGIN, ScriptedWal.wal(9L * SEGMENT, 8192)),
                first(
                        "of another system",
                        "sent WAL of system 7: expected that of its own, " + system,
                        BEGIN,
                        ScriptedWal.begin(new byte[8192], BEGIN, 7, SEGMENT)),
                first(
                        "with other segments",
                        "with segments of 16777216 bytes: expected 1048576",
                        BEGIN,
                        ScriptedWal.begin(new byte[8192], BEGIN, system, 16 << 20)),
                WalAttack.stream("zeros in small pieces", "from 0/500000 is no WAL", wire -> {
                            wire.copyBoth();
                            for (int at = 0; at < 64; at += 8) {
                                wire.wal(BEGIN + at, new byte[8]);
                            }
                        })
                        .leaving(BEGIN + 32, "000000010000000000000005.partial"),
                WalAttack.behind(
                        "the same again",
                        "sent WAL from 0/500000: expected 0/510000",
                        wire -> wire.wal(BEGIN, ScriptedWal.wal(BEGIN, 8192))),
                WalAttack.behind(
                        "a leap",
                        "sent WAL from 0/600000: expected 0/510000",
                        wire -> wire.wal(BEGIN + SEGMENT, ScriptedWal.wal(BEGIN + SEGMENT, 8192))),
                WalAttack.stream("more than a segment", "from 0/600000 is no WAL: expected", wire -> {
                            wire.copyBoth();
                            wire.wal(BEGIN, Arrays.copyOf(ScriptedWal.wal(BEGIN, SEGMENT), SEGMENT + 8192));
                        })
                        .leaving(BEGIN + SEGMENT, "000000010000000000000005"));
    }

    private static WalAttack first(String name, String says, long position, byte[] content) {
        return WalAttack.stream(name, says, wire -> {
            wire.copyBoth();
            wire.wal(position, content);
        });
    }

    private static WalAttack next(String name, String says, String timeline, String begin) {
        return WalAttack.behind(name, says, wire -> ScriptedWal.leave(timeline, begin, wire));
    }

    private static WalAttack history(String name, String says, String file, String content) {
        return WalAttack.later(name, says, script -> script.history = wire -> wire.result(file, content));
    }

    static Stream<WalAttack> timelines() {
        String name = "00000002.history";
        String line = "1\t" + position(BRANCH) + "\tno reason\n";
        return Stream.of(
                WalAttack.behind("no word of another", "unexpected message of type 'Z'", wire -> {
                    wire.copyDone();
                    wire.ready();
                }),
                WalAttack.behind("none behind it", "ended the stream without naming a next timeline", wire -> {
                    wire.copyDone();
                    wire.describe(2);
                    wire.complete("SELECT");
                    wire.complete("START_STREAMING");
                    wire.ready();
                }),
                next("the same", "names timeline 1 as the one behind timeline 1", "1", "0/510000"),
                next("of the number 0", "timeline 0 does not exist", "0", "0/510000"),
                next("in words", "\"two\" is not a timeline", "two", "0/510000"),
                next("begins in words", "is not an LSN", "2", "there"),
                next("begins later", "but says that timeline 2 begins at 0/600000", "2", "0/600000"),
                next("begins before", "timeline 2 begins at 0/400000 before that", "2", "0/400000"),
                next("begins at 0/0", "timeline 2 begins at 0/0 before that", "2", "0/0"),
                WalAttack.behind("endless ones", "START_REPLICATION returned more than anybody", wire -> {
                    wire.copyDone();
                    wire.describe(2);
                    while (true) {
                        wire.row("2", "0/510000");
                    }
                }),
                WalAttack.later(
                                "backwards",
                                "names timeline 1 as the one behind timeline 2",
                                script -> script.second = wire -> {
                                    wire.copyBoth();
                                    ScriptedWal.leave("1", "0/500000", wire);
                                })
                        .leaving(BRANCH, name, "000000010000000000000005.partial"),
                history("history elsewhere", "timeline 2 \"../../evil\"", "../../evil", line),
                history("absolute history", "timeline 2 \"/etc/passwd\"", "/etc/passwd", line),
                history("history of a segment's name", "timeline 2 \"0000", "000000020000000000000005", line),
                history("history of another timeline", "timeline 2 \"00000003", "00000003.history", line),
                history("rubbish", "returned nonsense: line 1 of 00000002.history", name, "rubbish\n"),
                history("empty history", "names no timeline that led to it", name, ""),
                history("from another timeline", "returned nonsense: history of timeline 2", name, "3\t0/510000\tx\n"),
                history(
                        "left elsewhere",
                        "left timeline 1 at 0/520000: expected timeline 1 at 0/510000",
                        name,
                        "1\t0/520000\tx\n"),
                history("history of 15 MB", "sent a row of 157", name, "#".repeat(HUGE)),
                WalAttack.later(
                        "no history",
                        "error: ERROR: there is none",
                        script -> script.history = wire -> wire.error("58P01", "there is none")),
                WalAttack.later(
                        "endless history",
                        "TIMELINE_HISTORY 2 returned more than",
                        script -> script.history = wire -> {
                            wire.describe(2);
                            while (true) {
                                wire.row(name, line.repeat(1000));
                            }
                        }),
                WalAttack.later(
                        "history that never ends",
                        "does not end its answer to TIMELINE",
                        script -> script.history = wire -> {
                            while (true) {
                                wire.complete(new String(new byte[10], StandardCharsets.US_ASCII));
                            }
                        }));
    }
}
