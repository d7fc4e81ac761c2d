package dev.pitrproof.backup;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.replication.Tablespace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a base backup as one tar stream to standard output, with the manifest as its last member, as {@code pg_basebackup
 * -Ft -D -} does. The server's two blocks of zeros at the end are held back until the manifest stands before them.
 */
final class StdoutWriter extends BackupWriter {

    private static final int END_BYTES = 2 * TarHeader.BLOCK_BYTES;

    private final TarFile stdout;
    private final Path temporary;
    private final byte[] heldBack = new byte[END_BYTES];
    private int heldBackLength;

    /** @param channel standard output; stays open */
    static StdoutWriter create(
            BackupRequest request, StreamedFiles streamed, WritableByteChannel channel, Observer observer)
            throws IOException {
        return new StdoutWriter(request, streamed, channel, observer, Files.createTempDirectory("pitrproof-manifest"));
    }

    private StdoutWriter(
            BackupRequest request,
            StreamedFiles streamed,
            WritableByteChannel channel,
            Observer observer,
            Path temporary) {
        super(request, streamed, new WalMembers("", null), temporary.resolve(BackupManifest.FILE_NAME), observer);
        this.stdout =
                new TarFile(channel, "standard output", request.compression().ofClient());
        this.temporary = temporary;
    }

    @Override
    void prepare(List<Tablespace> tablespaces) throws IOException {
        if (tablespaces.size() > 1) {
            throw new IOException("can only write a single tablespace to standard output, the cluster has "
                    + tablespaces.size() + "\nHINT: name a directory with --pgdata");
        }
    }

    @Override
    void requireSpace(List<Tablespace> tablespaces) {
        // it goes to whoever reads it
    }

    @Override
    void begin(String name, boolean isMain) {
        // there is but one
    }

    private boolean isCompressedByServer() {
        return compression().ofServer() != Compression.NONE;
    }

    @Override
    void keep(ByteBuffer lent) throws IOException {
        ByteBuffer data = lent.duplicate();
        if (isCompressedByServer()) {
            stdout.write(data);
            return;
        }
        int surplus = heldBackLength + data.remaining() - END_BYTES;
        if (surplus > 0) {
            int ofHeldBack = Math.min(surplus, heldBackLength);
            stdout.write(ByteBuffer.wrap(heldBack, 0, ofHeldBack));
            heldBackLength -= ofHeldBack;
            System.arraycopy(heldBack, ofHeldBack, heldBack, 0, heldBackLength);
            ByteBuffer written = data.slice().limit(surplus - ofHeldBack);
            data.position(data.position() + written.limit());
            stdout.write(written);
        }
        int rest = data.remaining();
        data.get(heldBack, heldBackLength, rest);
        heldBackLength += rest;
    }

    @Override
    void end(boolean withEndBlocks) throws IOException {
        if (!withEndBlocks) {
            stdout.write(ByteBuffer.wrap(heldBack, 0, heldBackLength));
        }
        heldBackLength = 0;
    }

    @Override
    Path walDirectory() throws IOException {
        throw new IOException("WAL cannot be streamed to standard output");
    }

    @Override
    void finishFiles() {
        // the end of the stream tells what was found
    }

    @Override
    void conclude(List<String> damage) throws IOException {
        if (!damage.isEmpty() && !isCompressedByServer()) {
            DamageMark.write(temporary, damage, false);
            stdout.add(DamageMark.FILE_NAME, temporary.resolve(DamageMark.FILE_NAME));
        }
        if (request().wantsManifest()) {
            stdout.add(BackupManifest.FILE_NAME, manifestFile());
        }
        if (!isCompressedByServer()) {
            stdout.addEnd();
        }
        stdout.end();
    }

    @Override
    void closeFiles() throws IOException {
        stdout.close();
        Files.deleteIfExists(manifestFile());
        Files.deleteIfExists(temporary.resolve(DamageMark.FILE_NAME));
        Files.deleteIfExists(temporary);
    }
}
