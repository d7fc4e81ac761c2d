package dev.pitrproof.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The POSIX shell scripts that PostgreSQL runs as {@code archive_command} and {@code restore_command}, and the settings
 * that call them.
 *
 * <p>What the exit codes mean to the server: see "Continuous Archiving" in the manual, and {@code RestoreArchivedFile} of
 * xlogarchive.c: 1 to 125 is "no such file", more is fatal.
 */
public final class ArchiveScript {

    private static final String ARCHIVE = "archive-wal.sh";
    private static final String RESTORE = "restore-wal.sh";
    private static final String STAGE = "stage-wal.sh";

    private ArchiveScript() {}

    /** Writes the script that archives one file; returns its path. */
    public static Path writeArchiveScript(Path directory) throws IOException {
        return write(ARCHIVE, directory);
    }

    /** Writes the script that restores one file; returns its path. */
    public static Path writeRestoreScript(Path directory) throws IOException {
        return write(RESTORE, directory);
    }

    /** Writes the script that restores files of a staging directory; returns its path. */
    public static Path writeStageScript(Path directory) throws IOException {
        return write(STAGE, directory);
    }

    private static Path write(String name, Path directory) throws IOException {
        Path script = directory.resolve(name);
        Path unfinished = directory.resolve("." + name + ".new");
        try (InputStream content = ArchiveScript.class.getResourceAsStream(name)) {
            if (content == null) {
                throw new UncheckedIOException(new IOException("resource " + name + " is not in the program"));
            }
            Files.copy(content, unfinished, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Files.move(unfinished, script, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * The value of {@code archive_command}; in postgresql.conf its quotes must be doubled.
     *
     * <p>Exit codes: 0 the file is in the archive, whole and synced; 1 it is not, and stderr says why. A file that is
     * there already is compared: the same content is success, another is refused.
     *
     * @param archive the directory to archive to
     * @throws IllegalArgumentException if a path contains a line end, which no setting can hold
     */
    public static String archiveCommand(Path script, Path archive) {
        return "sh " + quote(script) + " " + quote(archive) + " \"%p\" \"%f\"";
    }

    /**
     * The value of {@code restore_command}; in postgresql.conf its quotes must be doubled.
     *
     * <p>Exit codes: 0 restored; 1 not planned, which to the server is the end of the archive; 200 planned but not
     * readable, which stops the server, for going on would lose data in silence.
     *
     * @param archive the directory to restore from, only read
     * @param planned a file with the names of the files that must be there, one a line
     * @param journal a file that gets a line for every request: {@code name result size}, where result is
     *     {@code restored}, {@code unknown} or {@code failed}, and size is in bytes
     * @throws IllegalArgumentException if a path contains a line end, which no setting can hold
     */
    public static String restoreCommand(Path script, Path archive, Path planned, Path journal) {
        return "sh " + quote(script) + " " + quote(archive) + " " + quote(planned) + " " + quote(journal)
                + " \"%f\" \"%p\"";
    }

    /**
     * The value of {@code restore_command} of a standby that is led through the WAL one position after another; in
     * postgresql.conf its quotes must be doubled.
     *
     * <p>Exit codes: 0 restored; 1 nothing that the server does not have, so that it asks again; 200 not readable.
     *
     * @param stage a directory, only read: {@code generation}, a number for each position, written last; {@code whole},
     *     the names of the files to be had from {@code archive}, one a line; and segments with zeros behind the position
     * @param archive the directory of whole files, only read
     * @param given a file of the script's own
     * @param journal a file that gets a line for every request: {@code name result size generation}, where result is
     *     {@code restored}, {@code waiting} or {@code failed}
     * @throws IllegalArgumentException if a path contains a line end, which no setting can hold
     */
    public static String stageCommand(Path script, Path stage, Path archive, Path given, Path journal) {
        return "sh " + quote(script) + " " + quote(stage) + " " + quote(archive) + " " + quote(given) + " "
                + quote(journal) + " \"%f\" \"%p\"";
    }

    /** One word to the shell, without anything the server would replace. */
    private static String quote(Path path) {
        String text = path.toAbsolutePath().toString();
        if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("path \"" + text + "\" contains a line end: expected one line");
        }
        return "'" + text.replace("'", "'\\''").replace("%", "%%") + "'";
    }
}
