package dev.pitrproof.archive;

import dev.pitrproof.compression.DecodingStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes one archived file as a recovering server wants to have it. */
final class StagedFile {

    private static final int PIECE_BYTES = 1 << 16;

    private StagedFile() {}

    /** @param target a file that does not exist yet */
    static void write(ArchivedFile file, Path target, int segmentSize) throws IOException {
        try (DecodingStream content = file.content();
                OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
            byte[] piece = new byte[PIECE_BYTES];
            long length = 0;
            for (int read = content.read(piece, 0, piece.length);
                    read >= 0 && length <= segmentSize;
                    read = content.read(piece, 0, piece.length)) {
                out.write(piece, 0, read);
                length += read;
            }
            if (file.partial()) {
                pad(out, segmentSize - length);
            } else if (content.failure().isPresent()) {
                throw new ArchiveException(
                        ArchiveException.Kind.DAMAGED,
                        "cannot decompress \"" + file.location() + "\": "
                                + content.failure().get().message(),
                        "get this file from another copy of the archive");
            }
        }
    }

    /** The server wants a segment of full size. */
    private static void pad(OutputStream out, long bytes) throws IOException {
        byte[] zeros = new byte[PIECE_BYTES];
        for (long left = bytes; left > 0; left -= zeros.length) {
            out.write(zeros, 0, (int) Math.min(left, zeros.length));
        }
    }
}
