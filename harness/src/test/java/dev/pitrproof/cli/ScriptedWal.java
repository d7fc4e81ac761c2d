package dev.pitrproof.cli;

import dev.pitrproof.replication.ScriptedServer;
import dev.pitrproof.replication.ScriptedServer.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * What a scripted server answers to a client that receives WAL: as it is, the end of timeline 1 and the beginning of
 * timeline 2. Tests spoil one part of it.
 */
final class ScriptedWal implements ScriptedServer.Script {

    static final int SEGMENT = ScriptedBackup.SEGMENT;

    /** Where the client begins, since the server stands in this segment. */
    static final long BEGIN = 5L * SEGMENT;

    /** Where timeline 2 leaves timeline 1, and where the server stands. */
    static final long BRANCH = BEGIN + 0x10000;

    static final long STOP = BEGIN + SEGMENT + 0x8000;

    private static final int PIECE = 1 << 17;

    ScriptedBackup.Part identity = wire -> wire.result(ScriptedBackup.SYSTEM, "1", position(BRANCH), null);
    ScriptedBackup.Part slot = wire -> wire.result("physical", position(BRANCH), "1");
    String segmentSize = "1MB";
    /** Answers START_REPLICATION on timeline 1. */
    ScriptedBackup.Part first = wire -> {
        wire.copyBoth();
        send(BEGIN, BRANCH, wire);
        leave("2", position(BRANCH), wire);
    };

    ScriptedBackup.Part history = wire -> wire.result("00000002.history", "1\t" + position(BRANCH) + "\tno reason\n");
    /** Answers START_REPLICATION on timeline 2. */
    ScriptedBackup.Part second = wire -> {
        wire.copyBoth();
        send(BEGIN, STOP, wire);
        end(wire);
    };

    static String position(long value) {
        return Long.toHexString(value >>> 32) + "/" + Long.toHexString(value & 0xFFFFFFFFL);
    }

    /** Puts there what a segment begins with: {@code XLogLongPageHeaderData}. */
    static byte[] begin(byte[] wal, long position) {
        return begin(wal, position, Long.parseLong(ScriptedBackup.SYSTEM), SEGMENT);
    }

    static byte[] begin(byte[] wal, long position, long system, int segmentSize) {
        ByteBuffer.wrap(wal)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0x2D116) // the page magic of 17, and the flag of a long header
                .putInt(4, 1)
                .putLong(8, position)
                .putLong(16, 0)
                .putLong(24, system)
                .putInt(32, segmentSize)
                .putInt(36, 8192);
        return wal;
    }

    /** WAL of one segment, from its beginning. */
    static byte[] wal(long position, int bytes) {
        return begin(new byte[bytes], position);
    }

    /** WAL from a segment's beginning on, in pieces. */
    static void send(long from, long to, Wire wire) throws IOException {
        for (long segment = from; segment < to; segment += SEGMENT) {
            byte[] wal = wal(segment, (int) Math.min(SEGMENT, to - segment));
            for (int at = 0; at < wal.length; at += PIECE) {
                wire.wal(segment + at, Arrays.copyOfRange(wal, at, Math.min(wal.length, at + PIECE)));
            }
        }
    }

    /** The rest of a segment from somewhere in it on, and what follows. */
    static void sendRest(long from, long to, Wire wire) throws IOException {
        long next = (from / SEGMENT + 1) * SEGMENT;
        wire.wal(from, new byte[(int) (next - from)]);
        send(next, to, wire);
    }

    /** Ends a timeline in favour of another one. */
    static void leave(String timeline, String begin, Wire wire) throws IOException {
        wire.copyDone();
        wire.awaitCopyDone();
        nameNext(timeline, begin, wire);
    }

    /** What comes when both sides have ended the copying: where it goes on. */
    static void nameNext(String timeline, String begin, Wire wire) throws IOException {
        wire.describe(2);
        wire.row(timeline, begin);
        wire.complete("SELECT");
        wire.complete("START_STREAMING");
        wire.ready();
    }

    static void end(Wire wire) throws IOException {
        wire.awaitCopyDone();
        wire.copyDone();
        wire.complete("START_STREAMING");
        wire.ready();
    }

    @Override
    public void answer(String command, Wire wire, int connection) throws IOException {
        List<String> words = List.of(command.split(" "));
        switch (words.get(0)) {
            case "IDENTIFY_SYSTEM" -> identity.send(wire);
            case "SHOW" -> wire.result(segmentSize);
            case "READ_REPLICATION_SLOT" -> slot.send(wire);
            case "TIMELINE_HISTORY" -> history.send(wire);
            case "START_REPLICATION" -> {
                (words.get(words.size() - 1).equals("1") ? first : second).send(wire);
                return;
            }
            default -> wire.error("42601", "syntax error");
        }
        wire.ready();
    }
}
