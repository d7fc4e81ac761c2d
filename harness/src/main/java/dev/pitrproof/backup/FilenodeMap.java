package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The file {@code pg_filenode.map} of a database's directory, which tells where the few catalogs are that cannot be
 * looked up in a catalog; {@code RelMapFile} of relmapper.c, the same from 14 to 18.
 */
final class FilenodeMap {

    static final String FILE_NAME = "pg_filenode.map";

    private static final int MAGIC = 0x592717;
    private static final int HEADER_BYTES = 8;
    private static final int MAPPING_BYTES = 8;

    /** {@code MAX_MAPPINGS}: 62 before 16, 64 since. */
    private static final int MAPPINGS_MAX = 64;

    private final Map<Integer, Integer> files;

    private FilenodeMap(Map<Integer, Integer> files) {
        this.files = files;
    }

    /** Reads the map of a database's directory, or of {@code global}. */
    static FilenodeMap read(Path databaseDirectory) throws IOException {
        Path file = databaseDirectory.resolve(FILE_NAME);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.limit() < HEADER_BYTES || bytes.getInt(0) != MAGIC) {
            throw new IOException("file \"" + file + "\" is no map of catalogs to files");
        }
        int count = bytes.getInt(4);
        if (count < 0 || count > MAPPINGS_MAX || HEADER_BYTES + count * MAPPING_BYTES > bytes.limit()) {
            throw new IOException("file \"" + file + "\" has " + count + " mappings: expected at most " + MAPPINGS_MAX);
        }
        Map<Integer, Integer> files = new HashMap<>();
        for (int i = 0; i < count; i++) {
            int at = HEADER_BYTES + i * MAPPING_BYTES;
            files.put(bytes.getInt(at), bytes.getInt(at + 4));
        }
        return new FilenodeMap(files);
    }

    /** The relfilenumber of a mapped catalog; 0 for a relation that is none. */
    int fileOf(int relation) {
        return files.getOrDefault(relation, 0);
    }
}
