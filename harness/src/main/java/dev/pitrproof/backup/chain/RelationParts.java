package dev.pitrproof.backup.chain;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.ControlData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What the backups of a chain have of one relation's file, the newest first, down to the newest that has it whole. */
final class RelationParts implements AutoCloseable {

    private final List<FileChannel> channels = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private BlockMap map = new BlockMap(new IncrementalHeader(0, new int[0], 0));

    private RelationParts() {}

    /**
     * Opens what there is.
     *
     * @param whole the path of the whole file, relative to a data directory
     * @param part the path of what the newest backup has of it
     * @throws BrokenChainException if a part makes no sense, or a backup that must have one has none
     */
    static RelationParts open(BackupChain chain, String whole, String part) throws IOException {
        RelationParts parts = new RelationParts();
        try {
            parts.openAll(chain, whole, part);
        } catch (IOException e) {
            parts.close();
            throw e;
        }
        return parts;
    }

    private void openAll(BackupChain chain, String whole, String part) throws IOException {
        List<BaseBackup> members = chain.members();
        int segmentBlocks = ControlData.read(chain.newest().directory()).relationSegmentBlocks();
        for (int i = members.size() - 1; i >= 0; i--) {
            BaseBackup member = members.get(i);
            Path wholeFile = member.directory().resolve(whole);
            boolean isNewest = i == members.size() - 1;
            if (!isNewest && Files.isRegularFile(wholeFile)) {
                FileChannel channel = channel(wholeFile);
                map.addWhole(channels.size() - 1, channel.size());
                return;
            }
            Path partFile = member.directory().resolve(part);
            if (!Files.isRegularFile(partFile)) {
                throw new BrokenChainException(
                        "backup \"" + member.directory() + "\" has neither " + whole + " nor a part of it, to which \""
                                + files.get(files.size() - 1) + "\" adds",
                        "get the backup from another copy, or name all backups of the chain");
            }
            IncrementalHeader header = header(partFile, channel(partFile), segmentBlocks);
            if (isNewest) {
                map = new BlockMap(header);
            }
            map.add(channels.size() - 1, header);
        }
        throw new BrokenChainException(
                "no backup of the chain has the whole of " + whole + ": \"" + files.get(files.size() - 1)
                        + "\" is a part of it in the oldest, which is a full backup",
                "get that backup from another copy");
    }

    private FileChannel channel(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        channels.add(channel);
        files.add(file);
        return channel;
    }

    private static IncrementalHeader header(Path file, FileChannel channel, int segmentBlocks) throws IOException {
        long size = channel.size();
        ByteBuffer beginning = ByteBuffer.allocate((int) Math.min(size, IncrementalHeader.bytesMax(segmentBlocks)));
        while (beginning.hasRemaining() && channel.read(beginning) >= 0) {
            // a read may bring less than there is
        }
        try {
            return IncrementalHeader.parse(beginning.flip(), size, segmentBlocks);
        } catch (IllegalArgumentException e) {
            throw new BrokenChainException(
                    "file \"" + file + "\": " + e.getMessage(), "get the backup from another copy");
        }
    }

    BlockMap map() {
        return map;
    }

    /** Reads blocks from this one on: as many as {@code into} has space for, which must be one {@link BlockMap#stretch}. */
    void read(int block, ByteBuffer into) throws IOException {
        OptionalInt backup = map.backup(block);
        if (backup.isEmpty()) {
            while (into.hasRemaining()) {
                into.put((byte) 0);
            }
            return;
        }
        FileChannel channel = channels.get(backup.getAsInt());
        long at = map.offset(block);
        while (into.hasRemaining()) {
            int read = channel.read(into, at);
            if (read < 0) {
                throw new IOException("file \"" + files.get(backup.getAsInt()) + "\" became shorter while it was read");
            }
            at += read;
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels) {
            channel.close();
        }
    }
}
