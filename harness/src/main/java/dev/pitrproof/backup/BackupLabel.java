package dev.pitrproof.backup;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file backup_label, from which recovery learns where to begin; see {@code build_backup_content} in
 * {@code xlogbackup.c}.
 *
 * @param startLsn the redo position of the backup's checkpoint: recovery needs WAL from here on
 * @param checkpointLsn where the checkpoint record is
 * @param method {@code streamed}
 * @param from {@code primary} or {@code standby}; PostgreSQL 13 writes {@code master}
 * @param startTime as the server wrote it, in its {@code log_timezone}
 * @param label the text given by who asked for the backup
 * @param timeline the timeline of {@code startLsn}
 * @param incrementalTo of an incremental backup (PostgreSQL 17 and newer) where the backup begins that it adds to; else null
 */
public record BackupLabel(
        Lsn startLsn,
        Lsn checkpointLsn,
        String method,
        String from,
        String startTime,
        String label,
        TimelineId timeline,
        @Nullable Beginning incrementalTo) {

    /**
     * Where a backup begins, by which an incremental one names the backup before it.
     *
     * @param start its {@link #startLsn}
     * @param timeline that position's
     */
    public record Beginning(Lsn start, TimelineId timeline) {
        @Override
        public String toString() {
            return start + " on timeline " + timeline.value();
        }
    }

    /** Of a backup that is not incremental. */
    public BackupLabel(
            Lsn startLsn,
            Lsn checkpointLsn,
            String method,
            String from,
            String startTime,
            String label,
            TimelineId timeline) {
        this(startLsn, checkpointLsn, method, from, startTime, label, timeline, null);
    }

    /** The file's name in the data directory. */
    public static final String FILE_NAME = "backup_label";

    /** What a server calls the file once it has read it. */
    public static final String OLD_FILE_NAME = "backup_label.old";

    private static final String INCREMENTAL_LSN = "INCREMENTAL FROM LSN";
    private static final String INCREMENTAL_TIMELINE = "INCREMENTAL FROM TLI";

    public static BackupLabel read(Path dataDirectory) throws IOException {
        return read(dataDirectory, FILE_NAME);
    }

    static BackupLabel read(Path dataDirectory, String name) throws IOException {
        Path file = dataDirectory.resolve(name);
        try {
            return parse(FileName.decode(Files.readAllBytes(file)));
        } catch (IllegalArgumentException e) {
            throw new IOException("file \"" + file + "\": " + e.getMessage(), e);
        }
    }

    /**
     * Parses the file's content.
     *
     * @throws IllegalArgumentException if a line is missing or makes no sense
     */
    public static BackupLabel parse(String content) {
        Map<String, String> lines = new HashMap<>();
        content.lines().forEach(line -> {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                lines.putIfAbsent(line.substring(0, colon), line.substring(colon + 2));
            }
        });
        String start = value(lines, "START WAL LOCATION");
        int file = start.indexOf(" (file ");
        return new BackupLabel(
                Lsn.parse(file < 0 ? start : start.substring(0, file)),
                Lsn.parse(value(lines, "CHECKPOINT LOCATION")),
                value(lines, "BACKUP METHOD"),
                value(lines, "BACKUP FROM"),
                value(lines, "START TIME"),
                lines.getOrDefault("LABEL", ""),
                TimelineId.parse(value(lines, "START TIMELINE")),
                incrementalTo(lines));
    }

    private static @Nullable Beginning incrementalTo(Map<String, String> lines) {
        if (!lines.containsKey(INCREMENTAL_LSN) && !lines.containsKey(INCREMENTAL_TIMELINE)) {
            return null;
        }
        return new Beginning(
                Lsn.parse(value(lines, INCREMENTAL_LSN)), TimelineId.parse(value(lines, INCREMENTAL_TIMELINE)));
    }

    /** Whether it is of a backup that is of no use without the one before it. */
    public boolean isIncremental() {
        return incrementalTo != null;
    }

    /** Where the backup begins. */
    public Beginning beginning() {
        return new Beginning(startLsn, timeline);
    }

    /** The file's content without the lines that say that the backup is incremental, as pg_combinebackup writes it. */
    public static String asFull(String content) {
        StringBuilder kept = new StringBuilder();
        for (String line : content.split("(?<=\n)", -1)) {
            if (!line.startsWith(INCREMENTAL_LSN + ": ") && !line.startsWith(INCREMENTAL_TIMELINE + ": ")) {
                kept.append(line);
            }
        }
        return kept.toString();
    }

    private static String value(Map<String, String> lines, String key) {
        String found = lines.get(key);
        if (found == null) {
            throw new IllegalArgumentException("no line \"" + key + ": …\" in the backup label");
        }
        return found;
    }
}
