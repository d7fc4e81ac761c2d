package dev.pitrproof.backup;

import dev.pitrproof.compression.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A backup in tar format, as {@code pg_basebackup -Ft} makes it: a directory with {@code base.tar}, one {@code OID.tar}
 * for each tablespace, {@code pg_wal.tar} if its WAL was streamed, each perhaps with {@code .gz}, {@code .lz4} or
 * {@code .zst} behind it, and {@code backup_manifest} beside them. The directory is only read.
 */
public final class TarBackup {

    /** Where a tablespace is to be unpacked. */
    @FunctionalInterface
    public interface TablespaceDirectories {
        /** A directory that is empty or absent. */
        Path directory(String oid) throws IOException;
    }

    static final String BASE = "base";
    static final String WAL = "pg_wal";

    private static final Pattern PART =
            Pattern.compile("(?<name>base|pg_wal|[1-9][0-9]{0,9})\\.tar(?<suffix>\\.gz|\\.zst|\\.lz4)?");
    /** One of the tar files. */
    record Part(Path file, Compression compression) {
        String fileName() {
            return String.valueOf(file.getFileName());
        }
    }

    private final Path directory;
    private final Map<String, Part> parts;

    private TarBackup(Path directory, Map<String, Part> parts) {
        this.directory = directory;
        this.parts = parts;
    }

    /** Whether the directory holds a backup in tar format, or what is left of one, and no data directory. */
    public static boolean isTar(Path directory) throws IOException {
        if (!Files.isDirectory(directory) || Files.exists(directory.resolve("PG_VERSION"))) {
            return false;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(
                    file -> PART.matcher(String.valueOf(file.getFileName())).matches());
        }
    }

    /**
     * Looks which files there are.
     *
     * @throws DamagedBackupException if there is no base.tar, or a tar file is there twice, compressed in two ways
     */
    public static TarBackup open(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.sorted().toList();
        }
        Map<String, Part> parts = new TreeMap<>();
        for (Path file : files) {
            Matcher matcher = PART.matcher(String.valueOf(file.getFileName()));
            if (!matcher.matches()) {
                continue;
            }
            String suffix = matcher.group("suffix");
            Part part = new Part(file, suffix == null ? Compression.NONE : Compression.ofSuffix(suffix));
            Part other = parts.put(matcher.group("name"), part);
            if (other != null) {
                throw new DamagedBackupException(
                        part.fileName(),
                        "directory \"" + directory + "\" holds both " + other.fileName() + " and " + part.fileName()
                                + ": expected one of them");
            }
        }
        if (!parts.containsKey(BASE)) {
            throw new DamagedBackupException("base.tar", "directory \"" + directory + "\" holds no base.tar");
        }
        return new TarBackup(directory, parts);
    }

    /** The manifest beside the tar files; it may be absent. */
    public Path manifestFile() {
        return directory.resolve(BackupManifest.FILE_NAME);
    }

    Path directory() {
        return directory;
    }

    Optional<Part> part(String name) {
        return Optional.ofNullable(parts.get(name));
    }

    /** The OIDs for which there is a tar file. */
    List<String> tablespaceParts() {
        List<String> oids = new ArrayList<>(parts.keySet());
        oids.remove(BASE);
        oids.remove(WAL);
        return oids;
    }

    /**
     * Compares what is in the tar files with the manifest, and unpacks nothing but WAL.
     *
     * @param walInto a directory that gets the WAL segments and history files; null: they are passed over
     * @throws IOException if a file cannot be read, or WAL not be written; a tar file that is damaged is a finding
     */
    public BackupFindings verify(VerificationSettings settings, @Nullable Path walInto, VerificationProgress progress)
            throws IOException {
        try (FileSync sync = FileSync.start(false);
                MemberFiles walFiles =
                        new MemberFiles(walInto == null ? directory : walInto, sync, oid -> null, true)) {
            TarReading reading = new TarReading(this, settings, progress);
            try {
                return reading.read(prefix -> new WalMembers(prefix, walInto == null ? null : walFiles));
            } catch (DamagedBackupException e) {
                return reading.endWith(e);
            }
        }
    }

    /**
     * Unpacks the backup as a plain data directory for its owner alone, and compares every file with the manifest on the
     * way: nothing need be read again. The manifest comes along. The file tablespace_map does not, for recovery would link
     * tablespaces to where they were on the server: the links are made, to where they are now.
     *
     * @param into a directory that is empty or absent
     * @param tablespaces is asked once for each tablespace
     * @throws UnusableDirectoryException if a directory is not empty; nothing was changed
     * @throws DamagedBackupException if a tar file cannot be taken apart to its end, or one is missing
     * @throws IOException if a file cannot be read or written; whatever was unpacked has been removed in each case
     */
    public BackupFindings unpack(
            Path into, TablespaceDirectories tablespaces, VerificationSettings settings, VerificationProgress progress)
            throws IOException {
        try (BackupDirectories directories = new BackupDirectories(true);
                FileSync sync = FileSync.start(false)) {
            directories.claim(into, "remove it, empty it, or name another one");
            Path root = into.toRealPath();
            Map<String, Path> here = new HashMap<>();
            MemberFiles.Tablespaces claimed = oid -> {
                if (!TablespaceMap.isOid(oid)) {
                    return null;
                }
                Path known = here.get(oid);
                if (known == null) {
                    known = tablespaces.directory(oid);
                    directories.claim(known, "tablespace " + oid + " needs a directory of its own");
                    here.put(oid, known);
                }
                return known;
            };
            Path manifest = settings.manifestOf(directory);
            if (Files.exists(manifest)) {
                Path copied = Files.copy(manifest, root.resolve(BackupManifest.FILE_NAME));
                Files.setPosixFilePermissions(copied, PosixFilePermissions.fromString("rw-------"));
            }
            BackupFindings findings;
            try (MemberFiles files = new MemberFiles(root, sync, claimed, true)) {
                findings = new TarReading(this, settings, progress).read(new Unpacked(root, files, claimed));
            }
            Files.deleteIfExists(root.resolve(TablespaceMap.FILE_NAME));
            directories.keep();
            return findings;
        }
    }

    /** Unpacks into a data directory. */
    private record Unpacked(Path root, MemberFiles files, MemberFiles.Tablespaces tablespaces)
            implements TarReading.Target {

        @Override
        public void tablespace(String oid, String place) throws IOException {
            Path link = root.resolve(MemberFiles.TABLESPACE_LINKS + oid);
            if (Files.isDirectory(link)) {
                return;
            }
            if (!place.startsWith("/")) {
                Files.createDirectories(link);
                return;
            }
            Path directory = tablespaces.directory(oid);
            if (directory != null && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, directory.toAbsolutePath());
            }
        }

        @Override
        public TarStream.Members begin(String prefix) {
            // through the links just made, or created by the first tar
            files.into(prefix.isEmpty() ? root : root.resolve(prefix));
            return files;
        }
    }
}
