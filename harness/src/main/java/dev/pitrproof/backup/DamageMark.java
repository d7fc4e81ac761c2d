package dev.pitrproof.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file {@code backup_damage} in a backup that is complete but damaged: pages that failed the server's check while it
 * was taken are in the manifest as they are, so that nothing else tells it from a sound one.
 *
 * <p>A server takes no notice of the file, and a restore need not. pg_verifybackup calls it a file that is not in the
 * manifest, which is as it should be: its name says why. The first line says what the file is, the others what was found.
 */
final class DamageMark {

    /** Beside the data directory's files, or beside the tar files; in a tar stream on standard output, a member. */
    static final String FILE_NAME = "backup_damage";

    private static final String FIRST_LINE =
            "This backup is complete but damaged: do not rely on it. This was found while it was taken:";
    /** More than is ever written; a file that was put there by somebody else may be endless. */
    private static final int BYTES_MAX = 1 << 20;

    private static final int LINES_MAX = 1000;

    private DamageMark() {}

    static byte[] content(List<String> damage) {
        StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
        damage.stream().limit(LINES_MAX).forEach(line -> text.append(
                        line.replace('\n', ' ').replace('\r', ' '))
                .append('\n'));
        if (damage.size() > LINES_MAX) {
            text.append("and ").append(damage.size() - LINES_MAX).append(" more\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Writes it, durably if asked for. */
    static void write(Path directory, List<String> damage, boolean sync) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        try (FileChannel created = MemberFiles.create(file, 0600)) {
            Channels.newOutputStream(created).write(content(damage));
            if (sync) {
                created.force(true);
            }
        } catch (IOException e) {
            throw new IOException("could not write \"" + file + "\": " + e.getMessage(), e);
        }
    }

    /**
     * What it says.
     *
     * @param lines what was found, a line each; empty if there is no such file
     */
    record Lines(List<String> lines) {}

    static Lines read(Path directory) throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve(FILE_NAME))) {
            return parse(in.readNBytes(BYTES_MAX));
        } catch (NoSuchFileException e) {
            return new Lines(List.of());
        }
    }

    /** Never empty: that the file is there is enough. */
    static Lines parse(byte[] content) {
        List<String> found = FileName.decode(content)
                .lines()
                .filter(line -> !line.isBlank() && !line.equals(FIRST_LINE))
                .limit(LINES_MAX + 1L)
                .toList();
        return new Lines(found.isEmpty() ? List.of("the file does not say what") : found);
    }
}
