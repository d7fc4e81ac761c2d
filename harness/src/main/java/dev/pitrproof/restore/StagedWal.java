package dev.pitrproof.restore;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The WAL that a standby may have: every file up to a position, and of the segment that holds it zeros behind it, which
 * the server takes for the end of what was written. It replays all of that and asks for more.
 *
 * <p>The script {@code stage-wal.sh} hands it out. What it answered tells when the server has nothing left to replay: it
 * asks in vain a first time while it reads ahead, and a second time only when all that it has read is applied
 * ({@code WaitForWALToBecomeAvailable} of xlogrecovery.c).
 */
final class StagedWal {

    private static final int PIECE_BYTES = 1 << 16;
    private static final String GENERATION = "generation";
    private static final String WHOLE = "whole";
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    private final RestorePlan plan;
    private final Path directory;
    private final Path pgWal;
    private final Path journal;
    private final Map<SegmentName, Lsn> forks = new HashMap<>();
    private final Set<String> askedInVain = new HashSet<>();
    private List<String> padded = List.of();
    private int generation;
    private long journalRead;

    /**
     * @param directory exists, is empty, and only the server's user can enter it
     * @param pgWal of the standby
     * @param journal what the script writes
     */
    StagedWal(RestorePlan plan, Path directory, Path pgWal, Path journal) {
        this.plan = plan;
        this.directory = directory;
        this.pgWal = pgWal;
        this.journal = journal;
    }

    /** Lets the server have everything below a position that is not before the one released last. */
    void release(Lsn end) throws IOException {
        SegmentName last =
                SegmentName.before(plan.path().timeline(), end, plan.archive().segmentSize());
        boolean isWhole = last.end().equals(end);
        List<String> whole = new ArrayList<>(plan.files());
        List<String> cut = new ArrayList<>();
        for (SegmentName segment : plan.segments()) {
            int order = Long.compareUnsigned(segment.number(), last.number());
            if (order > 0 || (order == 0 && !isWhole)) {
                whole.remove(segment.fileName());
            }
            // where a timeline ends, each one's file of the segment: the server chooses
            if (order == 0 && !isWhole) {
                pad(segment, end, directory);
                cut.add(segment.fileName());
            }
        }
        stageForks(end);
        replace(WHOLE, String.join("\n", whole) + "\n");
        for (String before : padded) {
            if (!cut.contains(before)) {
                Files.delete(directory.resolve(before));
            }
        }
        padded = List.copyOf(cut);
        askedInVain.clear();
        replace(GENERATION, ++generation + "\n");
    }

    /**
     * Puts the segments in which timelines fork where only the newer one's come from the archive: at a shutdown checkpoint
     * a standby reads what transactions prepared, from the file of the timeline it was written on. Nothing in it lies
     * behind the position.
     */
    private void stageForks(Lsn end) throws IOException {
        for (TimelineHistory.Switch fork : plan.path().ancestry()) {
            SegmentName segment = SegmentName.holding(
                    fork.parent(), fork.switchpoint(), plan.archive().segmentSize());
            Lsn cut = end.isBefore(fork.switchpoint()) ? end : fork.switchpoint();
            if (cut.isAfter(segment.start()) && plan.archive().has(segment) && !cut.equals(forks.put(segment, cut))) {
                pad(segment, cut, pgWal);
            }
        }
    }

    private void pad(SegmentName segment, Lsn end, Path directory) throws IOException {
        Path unfinished = directory.resolve("." + segment.fileName() + ".new");
        long length = end.minus(segment.start());
        try (FileChannel out = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
            for (long offset = 0; offset < length; offset += piece.position()) {
                piece.clear().limit((int) Math.min(PIECE_BYTES, length - offset));
                if (plan.archive().read(segment, offset, piece) <= 0) {
                    throw new IOException("the archive has changed while it was read: " + segment + " ends at "
                            + segment.start().plus(offset));
                }
                out.write(piece.flip(), offset);
            }
            // what lies between is a hole, which reads as zeros
            out.write(ByteBuffer.allocate(1), plan.archive().segmentSize() - 1L);
        }
        publish(unfinished, directory.resolve(segment.fileName()));
    }

    private void replace(String name, String content) throws IOException {
        Path unfinished = directory.resolve("." + name + ".new");
        publish(Files.writeString(unfinished, content), directory.resolve(name));
    }

    private static void publish(Path unfinished, Path file) throws IOException {
        Files.setPosixFilePermissions(unfinished, READABLE);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whether the server has replayed everything that was released, as far as it is WAL to it. */
    boolean isUsedUp() throws IOException {
        for (String line : newLines()) {
            String[] words = line.split(" ", -1);
            boolean isOfNow = words.length == 4 && words[3].equals(Integer.toString(generation));
            if (isOfNow && words[1].equals("restored")) {
                askedInVain.clear();
            } else if (isOfNow && SegmentName.isSegment(words[0]) && !askedInVain.add(words[0])) {
                return true;
            }
        }
        return false;
    }

    private List<String> newLines() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(journal.toFile(), "r")) {
            long length = file.length();
            byte[] bytes = new byte[(int) Math.min(length - journalRead, Integer.MAX_VALUE / 2)];
            file.seek(journalRead);
            file.readFully(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            int whole = text.lastIndexOf('\n') + 1;
            journalRead += text.substring(0, whole).getBytes(StandardCharsets.UTF_8).length;
            return text.substring(0, whole).lines().toList();
        }
    }
}
