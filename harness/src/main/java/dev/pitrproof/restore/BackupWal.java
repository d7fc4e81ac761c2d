package dev.pitrproof.restore;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.BackupManifest.WalRange;
import dev.pitrproof.backup.Mismatch;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The WAL that came with a backup, as far as it must reach for the backup to become consistent: every record of the
 * ranges that its manifest names, read by our own decoder.
 *
 * @param damage what is missing or damaged
 * @param notes says that the backup came without WAL, which is no damage: then an archive has it
 */
public record BackupWal(List<Mismatch> damage, List<String> notes) {

    public BackupWal {
        damage = List.copyOf(damage);
        notes = List.copyOf(notes);
    }

    /**
     * Reads the ranges.
     *
     * @param directory the backup's {@code pg_wal}, or another directory that has its segments
     * @param ranges newest timeline first, as in a manifest
     * @param systemIdentifier the cluster that the WAL must be of; null if that is not known
     * @throws IOException if a file is there but cannot be read
     */
    public static BackupWal check(Path directory, List<WalRange> ranges, @Nullable Long systemIdentifier)
            throws IOException {
        if (ranges.isEmpty()) {
            return new BackupWal(List.of(), List.of());
        }
        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            Optional<TimelineHistory> history = archive.history(ranges.get(0).timeline());
            List<Mismatch> damage = new ArrayList<>();
            for (WalRange range : ranges) {
                TimelineHistory path = history.orElseGet(() -> TimelineHistory.of(range.timeline()));
                WalReader reader = new WalReader(archive, path, archive.segmentSize());
                WalEnd end = (systemIdentifier == null ? reader : reader.expecting(systemIdentifier))
                        .read(range.start(), record -> record.end().isBefore(range.end()));
                if (end.validThrough().isBefore(range.end())) {
                    damage.add(mismatch(range, end.message()));
                }
            }
            return new BackupWal(damage, List.of());
        } catch (ArchiveException e) {
            return switch (e.kind()) {
                case DAMAGED ->
                    new BackupWal(List.of(mismatch(ranges.get(0), String.valueOf(e.getMessage()))), List.of());
                case UNREACHABLE -> throw e;
                case NO_DIRECTORY, NO_SEGMENTS ->
                    new BackupWal(
                            List.of(),
                            List.of("WAL is not in the backup: a restore needs an archive that has it "
                                    + inWords(ranges)));
            };
        }
    }

    private static Mismatch mismatch(WalRange range, String found) {
        return new Mismatch(Mismatch.Kind.WAL, "pg_wal", "timeline " + range.timeline(), found);
    }

    private static String inWords(List<WalRange> ranges) {
        WalRange oldest = ranges.get(ranges.size() - 1);
        return "from " + oldest.start() + " on timeline " + oldest.timeline() + " to "
                + ranges.get(0).end()
                + (ranges.size() == 1 ? "" : " on timeline " + ranges.get(0).timeline());
    }
}
