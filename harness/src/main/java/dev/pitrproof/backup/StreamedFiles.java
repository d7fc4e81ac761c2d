package dev.pitrproof.backup;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sizes and checksums of a backup's files, computed as their bytes passed by, and compared with the manifest when
 * that arrives at the end. What was written is never read again.
 */
final class StreamedFiles {

    private record Streamed(long size, String checksum) {}

    private final ChecksumAlgorithm algorithm;
    private final Map<String, ChecksumAlgorithm> exceptions;
    private final Map<String, Streamed> unmatched = new HashMap<>();
    private final List<Mismatch> mismatches = new ArrayList<>();

    /**
     * Begins with no files.
     *
     * @param algorithm the one that the server was asked to use in the manifest
     */
    StreamedFiles(ChecksumAlgorithm algorithm) {
        this(algorithm, Map.of());
    }

    /** @param exceptions the algorithms of files for which the manifest uses another one */
    StreamedFiles(ChecksumAlgorithm algorithm, Map<String, ChecksumAlgorithm> exceptions) {
        this.algorithm = algorithm;
        this.exceptions = exceptions;
    }

    ChecksumAlgorithm algorithmOf(String path) {
        return exceptions.isEmpty() ? algorithm : exceptions.getOrDefault(path, algorithm);
    }

    /** Notes a file that has been received whole; false if one of its name has been before. */
    boolean add(String path, long size, String checksum) {
        return unmatched.put(path, new Streamed(size, checksum)) == null;
    }

    /** Compares an entry of the manifest with what came. */
    void compare(BackupManifest.FileEntry entry) {
        @Nullable Streamed streamed = unmatched.remove(entry.path());
        ChecksumAlgorithm used = algorithmOf(entry.path());
        if (streamed == null) {
            mismatches.add(new Mismatch(Mismatch.Kind.MISSING, entry.path(), entry.size() + " bytes", ""));
        } else if (streamed.size() != entry.size()) {
            mismatches.add(new Mismatch(
                    Mismatch.Kind.SIZE, entry.path(), Long.toString(entry.size()), Long.toString(streamed.size())));
        } else if (entry.algorithm() != used || !streamed.checksum().equalsIgnoreCase(entry.checksum())) {
            mismatches.add(new Mismatch(
                    Mismatch.Kind.CHECKSUM,
                    entry.path(),
                    entry.algorithm() + " " + entry.checksum(),
                    used + " " + streamed.checksum()));
        }
    }

    /** All differences, after every entry of the manifest has been compared. */
    List<Mismatch> finish() {
        for (Map.Entry<String, Streamed> left : unmatched.entrySet()) {
            // a manifest never lists WAL segments: the server may still add to them while it is written
            if (!left.getKey().startsWith("pg_wal/")) {
                mismatches.add(new Mismatch(
                        Mismatch.Kind.EXTRA, left.getKey(), "", left.getValue().size() + " bytes"));
            }
        }
        return List.copyOf(mismatches);
    }
}
