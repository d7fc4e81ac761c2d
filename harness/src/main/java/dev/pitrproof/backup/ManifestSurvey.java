package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a manifest before the first file is looked at: that it can be relied upon, how much there is to
 * do, which paths it names, and which of its files are large. Its entries are read again when their turn comes.
 */
final class ManifestSurvey {

    /** These are read first, the largest first, so that no thread is left alone with one at the end. */
    private static final long LARGE_BYTES = 64L << 20;

    private final Path file;
    private final VerificationSettings settings;
    private final PathSet paths = new PathSet();
    private final List<BackupManifest.FileEntry> large = new ArrayList<>();
    private final Map<String, ChecksumAlgorithm> exceptions = new HashMap<>();
    private BackupManifest header = BackupManifest.ABSENT;
    private @Nullable ChecksumAlgorithm algorithm;
    private @Nullable String twice;
    private long files;
    private long bytes;
    private long filesBySizeOnly;

    private ManifestSurvey(Path file, VerificationSettings settings) {
        this.file = file;
        this.settings = settings;
    }

    /**
     * Reads the manifest from its beginning to its end, and verifies its own checksum.
     *
     * @throws DamagedManifestException if it cannot be relied upon
     */
    static ManifestSurvey of(Path file, VerificationSettings settings) throws IOException {
        ManifestSurvey survey = new ManifestSurvey(file, settings);
        survey.header = ManifestReader.read(file, survey::note);
        if (survey.twice != null) {
            throw new DamagedManifestException(
                    "duplicate path name in backup manifest: \"" + survey.twice + "\"", null);
        }
        survey.large.sort(
                Comparator.comparingLong(BackupManifest.FileEntry::size).reversed());
        return survey;
    }

    private void note(BackupManifest.FileEntry entry) {
        if (!paths.add(entry.path())) {
            twice = entry.path();
        }
        if (settings.ignores(entry.path())) {
            return;
        }
        files++;
        bytes += entry.size();
        filesBySizeOnly += entry.algorithm() == ChecksumAlgorithm.NONE || !settings.checksums() ? 1 : 0;
        if (algorithm == null) {
            algorithm = entry.algorithm();
        } else if (algorithm != entry.algorithm()) {
            exceptions.put(entry.path(), entry.algorithm());
        }
        if (isLarge(entry)) {
            large.add(entry);
        }
    }

    private static boolean isLarge(BackupManifest.FileEntry entry) {
        return entry.size() >= LARGE_BYTES;
    }

    /** The manifest without its files. */
    BackupManifest header() {
        return header;
    }

    /** How many files are to be compared. */
    long files() {
        return files;
    }

    /** The sizes of these files. */
    long bytes() {
        return bytes;
    }

    long filesBySizeOnly() {
        return filesBySizeOnly;
    }

    /** Whether the manifest names the file, ignored or not. */
    boolean names(String path) {
        return paths.contains(path);
    }

    /** Sums of what streams by are to be computed as the manifest has them. */
    StreamedFiles beginStreaming() {
        ChecksumAlgorithm usual = algorithm;
        return usual == null || !settings.checksums()
                ? new StreamedFiles(ChecksumAlgorithm.NONE)
                : new StreamedFiles(usual, exceptions);
    }

    /** Reads the manifest once more, and hands on each file that is to be compared; large ones come first. */
    void forEach(Consumer<BackupManifest.FileEntry> consumer) throws IOException {
        large.forEach(entry -> consumer.accept(asAsked(entry)));
        ManifestReader.read(file, entry -> {
            if (!isLarge(entry) && !settings.ignores(entry.path())) {
                consumer.accept(asAsked(entry));
            }
        });
    }

    private BackupManifest.FileEntry asAsked(BackupManifest.FileEntry entry) {
        return settings.checksums()
                ? entry
                : new BackupManifest.FileEntry(
                        entry.path(), entry.size(), entry.lastModified(), ChecksumAlgorithm.NONE, "");
    }
}
