package dev.pitrproof.backup;

import dev.pitrproof.replication.Tablespace;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Whether there can be space enough for a backup, before a byte of it has come. The server's estimate has no WAL, and
 * nothing that is written meanwhile: what it says is the least.
 */
final class FreeSpace {

    /** These may compress what is written, so that nobody knows how much fits. */
    private static final Set<String> COMPRESSING = Set.of("zfs", "btrfs", "bcachefs");

    private FreeSpace() {}

    /** What the server expects these to have; 0 if it was not asked. */
    static long bytes(List<Tablespace> tablespaces) {
        return tablespaces.stream()
                .mapToLong(tablespace -> tablespace.kilobytes().orElse(0) * 1024)
                .reduce(0, (one, other) -> one + other < 0 ? Long.MAX_VALUE : one + other);
    }

    /**
     * Compares what is needed in each directory with what its file system has.
     *
     * @throws IOException with a user's message if that is too little
     */
    static void require(Map<Path, Long> needed) throws IOException {
        Map<FileStore, Long> all = new LinkedHashMap<>();
        Map<FileStore, Path> where = new LinkedHashMap<>();
        for (Map.Entry<Path, Long> each : needed.entrySet()) {
            FileStore store = Files.getFileStore(each.getKey());
            all.merge(store, each.getValue(), (one, other) -> one + other < 0 ? Long.MAX_VALUE : one + other);
            where.putIfAbsent(store, each.getKey());
        }
        for (Map.Entry<FileStore, Long> each : all.entrySet()) {
            FileStore store = each.getKey();
            long free = store.getUsableSpace();
            // some network file systems do not know their size, and say 0
            if (free < each.getValue() && store.getTotalSpace() > 0 && !COMPRESSING.contains(store.type())) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "not enough space for \"%s\": the server expects %,.1f MB, and %,.1f MB are free%nHINT: free"
                                + " space there, or name another directory; --format=tar --compress=zstd takes less",
                        where.get(store),
                        each.getValue() / 1e6,
                        free / 1e6));
            }
        }
    }
}
