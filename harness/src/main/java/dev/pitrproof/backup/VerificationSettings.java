package dev.pitrproof.backup;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a backup is compared with its manifest.
 *
 * @param threads how many read files of a backup in plain format
 * @param manifest where the manifest is; null: in the backup
 * @param checksums whether contents are read; without, only names and sizes count
 * @param untilFirst whether the comparison ends with the first difference
 * @param ignored files and directories that may be as they want to be, relative to the data directory; those that
 *     pg_verifybackup ignores always are
 */
public record VerificationSettings(
        int threads, @Nullable Path manifest, boolean checksums, boolean untilFirst, List<String> ignored) {

    /** What a restore changes, or what a manifest does not tell. */
    private static final List<String> ALWAYS_IGNORED =
            List.of(BackupManifest.FILE_NAME, "pg_wal", "postgresql.auto.conf", "recovery.signal", "standby.signal");

    public VerificationSettings {
        List<String> all = new ArrayList<>(ALWAYS_IGNORED);
        ignored.stream().filter(path -> !ALWAYS_IGNORED.contains(path)).forEach(all::add);
        ignored = List.copyOf(all);
        if (threads < 1) {
            throw new IllegalArgumentException("there are " + threads + " threads: expected at least 1");
        }
    }

    /** Everything is compared, with one thread for each processor. */
    public static VerificationSettings everything() {
        return ofThreads(Runtime.getRuntime().availableProcessors());
    }

    /** Everything is compared. */
    public static VerificationSettings ofThreads(int threads) {
        return new VerificationSettings(threads, null, true, false, List.of());
    }

    Path manifestOf(Path directory) {
        Path elsewhere = manifest;
        return elsewhere == null ? directory.resolve(BackupManifest.FILE_NAME) : elsewhere;
    }

    boolean ignores(String path) {
        for (String each : ignored) {
            if (path.startsWith(each) && (path.length() == each.length() || path.charAt(each.length()) == '/')) {
                return true;
            }
        }
        return false;
    }
}
