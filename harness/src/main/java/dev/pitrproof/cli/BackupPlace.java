package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.MajorVersion;
import dev.pitrproof.drill.BackupProof;
import dev.pitrproof.scenario.MajorRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Where a backup is, as a command line says it; and what somebody may have meant if there is none.
 *
 * @param named the option with its value, for messages
 */
record BackupPlace(CommandLine command, String named, Path directory) {

    /** Of WAL, however an archive keeps it: pgBackRest puts a checksum behind the name. */
    private static final Pattern WAL = Pattern.compile("[0-9A-F]{24}([.-].*)?|[0-9A-F]{8}\\.history.*");

    private static final String LOCK_FILE = "postmaster.pid";

    /**
     * The major version that took the backup, which alone can restore it.
     *
     * @throws ParameterException if it is none that can be proved, or no backup at all
     */
    int major(BackupProof.Wal wal) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw usage("found no such directory");
        }
        requireUnserved();
        int major = majorOf(wal);
        if (!MajorRange.SUPPORTED.contains(major)) {
            throw usage("PostgreSQL " + major + " took it, which is not supported, expected " + MajorRange.SUPPORTED);
        }
        return major;
    }

    private int majorOf(BackupProof.Wal wal) throws IOException {
        Optional<Integer> major = MajorVersion.of(directory);
        if (major.isEmpty() && !isLeftOfABackup()) {
            throw noBackup();
        }
        if (wal instanceof BackupProof.Wal.Stored archived) {
            try (WalArchive opened = WalArchive.open(archived.store())) {
                if (major.isEmpty()) {
                    return opened.walMajor(); // the backup is damaged, which is for the evidence to say
                }
            } catch (ArchiveException e) {
                if (e.kind() != ArchiveException.Kind.DAMAGED) {
                    throw e;
                }
            }
        }
        return major.orElseThrow(this::noBackup);
    }

    /** @throws ParameterException if there is none */
    void requireBackup() throws IOException {
        if (!Files.isDirectory(directory)) {
            throw usage("found no such directory");
        }
        if (MajorVersion.of(directory).isEmpty() && !isLeftOfABackup()) {
            throw noBackup();
        }
    }

    private boolean isLeftOfABackup() {
        return Stream.of(BackupLabel.FILE_NAME, "backup_manifest", "global/pg_control")
                .anyMatch(file -> Files.exists(directory.resolve(file)));
    }

    /** A server's own directory changes while it is read; a backup of it, taken with its lock file, does not. */
    private void requireUnserved() throws IOException {
        Path lock = directory.resolve(LOCK_FILE);
        if (Files.exists(directory.resolve(BackupLabel.FILE_NAME)) || !Files.isReadable(lock)) {
            return;
        }
        List<String> lines = Files.readAllLines(lock, StandardCharsets.ISO_8859_1);
        Optional<Long> server = BackupProof.server(directory);
        if (server.isPresent() && lines.size() > 1 && isHere(lines.get(1))) {
            throw hinted(
                    "it is the data directory of a running server (process " + server.get()
                            + "), expected a base backup",
                    "take one: ./pitrproof basebackup -D DIR, or pg_basebackup -D DIR");
        }
    }

    private boolean isHere(String dataDirectory) throws IOException {
        Path served = Path.of(dataDirectory);
        return Files.isDirectory(served) && Files.isSameFile(served, directory);
    }

    private ParameterException noBackup() {
        String what = "found no base backup, expected a PG_VERSION or a base.tar in it";
        try {
            return meant().map(hint -> hinted(what, hint)).orElseGet(() -> usage(what));
        } catch (IOException e) {
            return usage(what); // what cannot be listed gives no hint
        }
    }

    private Optional<String> meant() throws IOException {
        List<Path> inside = list(directory);
        if (inside.stream().anyMatch(file -> WAL.matcher(name(file)).matches())) {
            return Optional.of("it holds WAL segments: are --backup and --archive swapped?");
        }
        if (isOfPgBackRest(inside)) {
            return Optional.of("only pgBackRest can read its repository: let it restore a copy, and prove that with"
                    + " --data=DIR --restore-command='pgbackrest --stanza=NAME archive-get %f %p'");
        }
        for (Path below : inside) {
            if (isBackup(below)) {
                return Optional.of("there is one below it: " + below);
            }
        }
        return Optional.empty();
    }

    private static boolean isOfPgBackRest(List<Path> inside) {
        List<String> names = inside.stream().map(BackupPlace::name).toList();
        return names.contains("backup.manifest")
                || (names.contains("backup.info") && names.contains("backup.info.copy"))
                || (names.contains("backup") && names.contains("archive") && !names.contains("base"));
    }

    private static boolean isBackup(Path directory) throws IOException {
        return Files.isReadable(directory)
                && Files.isDirectory(directory)
                && list(directory).stream().anyMatch(file -> name(file).matches("PG_VERSION|base\\.tar(\\..*)?"));
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private ParameterException usage(String message) {
        return new ParameterException(command, named + ": " + message);
    }

    private ParameterException hinted(String message, String hint) {
        return new UsageErrors.WithHint(command, named + ": " + message, hint);
    }
}
