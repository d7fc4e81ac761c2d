package dev.pitrproof.backup;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What kind of base backup to take, and where to put it. Made by {@link #into} with {@link Builder}, whose defaults are
 * those of pg_basebackup, but for the checkpoint, which the server does at once.
 *
 * @param directory becomes the data directory, or gets the tar files; must be empty or absent. {@link #STDOUT} stands for
 *     standard output
 * @param format what becomes of the archives that the server sends
 * @param compression where and how they are compressed on the way
 * @param label at most 1024 bytes
 * @param fastCheckpoint whether the server does its checkpoint at once, instead of spread over minutes
 * @param wal how the WAL gets into the backup
 * @param manifestChecksums the checksums that the manifest holds for the files
 * @param sync whether everything is made durable before the backup counts as done
 * @param tablespaceMappings from the tablespace's place on the server to its place here; one that is not named goes to
 *     the same place as on the server. Of no use in tar format
 * @param maxRateKilobytes per second, 32 to 1048576
 * @param verifyPageChecksums whether the server checks the pages as it reads them
 * @param manifest {@code yes}, {@code no} or {@code force-encode}
 * @param clean whether what was written is removed when the backup fails
 * @param slot a replication slot for streaming the WAL; null: a temporary one, if {@code temporarySlot}
 * @param createSlot whether {@code slot} is to be created
 * @param temporarySlot whether a temporary slot holds the WAL back during the backup when no slot is named
 * @param walDirectory where pg_wal lies, which then is a symbolic link; null: in the data directory
 * @param incrementalTo the manifest of the backup that this one is to be an increment to; null: it is a full one
 * @param roomBytes of the server's archives, behind which writing fails as on a disk that is full ({@link FullDisk}):
 *     for rehearsals; empty: there is room as long as the real disk has some
 */
public record BackupRequest(
        Path directory,
        BackupFormat format,
        BackupCompression compression,
        String label,
        boolean fastCheckpoint,
        WalMethod wal,
        ChecksumAlgorithm manifestChecksums,
        boolean sync,
        Map<Path, Path> tablespaceMappings,
        OptionalInt maxRateKilobytes,
        boolean verifyPageChecksums,
        String manifest,
        boolean clean,
        @Nullable String slot,
        boolean createSlot,
        boolean temporarySlot,
        @Nullable Path walDirectory,
        @Nullable Path incrementalTo,
        OptionalLong roomBytes) {

    /** Stands for standard output, as with pg_basebackup. */
    public static final Path STDOUT = Path.of("-");

    public BackupRequest {
        tablespaceMappings = Map.copyOf(tablespaceMappings);
    }

    /** Begins with a durable, plain backup that starts at once, streams its WAL and has a manifest with CRC-32C. */
    public static Builder into(Path directory, String label) {
        return new Builder(directory, label);
    }

    /** The same into another directory. */
    BackupRequest withDirectory(Path other) {
        return new BackupRequest(
                other,
                format,
                compression,
                label,
                fastCheckpoint,
                wal,
                manifestChecksums,
                sync,
                tablespaceMappings,
                maxRateKilobytes,
                verifyPageChecksums,
                manifest,
                clean,
                slot,
                createSlot,
                temporarySlot,
                walDirectory,
                incrementalTo,
                roomBytes);
    }

    boolean wantsManifest() {
        return !manifest.equals("no");
    }

    boolean goesToStdout() {
        return directory.equals(STDOUT);
    }

    /** Collects what differs from the defaults. */
    public static final class Builder {

        private final Path directory;
        private final String label;
        private BackupFormat format = BackupFormat.PLAIN;
        private BackupCompression compression = BackupCompression.NONE;
        private boolean fastCheckpoint = true;
        private WalMethod wal = WalMethod.STREAM;
        private ChecksumAlgorithm manifestChecksums = ChecksumAlgorithm.CRC32C;
        private boolean sync = true;
        private Map<Path, Path> tablespaceMappings = Map.of();
        private OptionalInt maxRateKilobytes = OptionalInt.empty();
        private boolean verifyPageChecksums = true;
        private String manifest = "yes";
        private boolean clean = true;
        private @Nullable String slot;
        private boolean createSlot;
        private boolean temporarySlot = true;
        private @Nullable Path walDirectory;
        private @Nullable Path incrementalTo;
        private OptionalLong roomBytes = OptionalLong.empty();

        private Builder(Path directory, String label) {
            this.directory = directory;
            this.label = label;
        }

        public Builder format(BackupFormat chosen) {
            format = chosen;
            return this;
        }

        public Builder compression(BackupCompression chosen) {
            compression = chosen;
            return this;
        }

        public Builder fastCheckpoint(boolean fast) {
            fastCheckpoint = fast;
            return this;
        }

        public Builder wal(WalMethod method) {
            wal = method;
            return this;
        }

        public Builder manifestChecksums(ChecksumAlgorithm algorithm) {
            manifestChecksums = algorithm;
            return this;
        }

        /** {@code false} for a backup that need not survive a crash of this machine. */
        public Builder sync(boolean durable) {
            sync = durable;
            return this;
        }

        public Builder tablespaceMappings(Map<Path, Path> mappings) {
            tablespaceMappings = mappings;
            return this;
        }

        public Builder maxRateKilobytes(OptionalInt perSecond) {
            maxRateKilobytes = perSecond;
            return this;
        }

        public Builder verifyPageChecksums(boolean verify) {
            verifyPageChecksums = verify;
            return this;
        }

        /** {@code yes}, {@code no} or {@code force-encode}. */
        public Builder manifest(String wanted) {
            manifest = wanted;
            return this;
        }

        public Builder clean(boolean afterErrors) {
            clean = afterErrors;
            return this;
        }

        /** Streams from this slot, which is made first if {@code create}. */
        public Builder slot(@Nullable String name, boolean create) {
            slot = name;
            createSlot = create;
            return this;
        }

        public Builder temporarySlot(boolean wanted) {
            temporarySlot = wanted;
            return this;
        }

        public Builder walDirectory(@Nullable Path elsewhere) {
            walDirectory = elsewhere;
            return this;
        }

        public Builder incrementalTo(@Nullable Path manifestOfEarlier) {
            incrementalTo = manifestOfEarlier;
            return this;
        }

        public Builder roomBytes(OptionalLong room) {
            roomBytes = room;
            return this;
        }

        public BackupRequest build() {
            return new BackupRequest(
                    directory,
                    format,
                    compression,
                    label,
                    fastCheckpoint,
                    wal,
                    manifestChecksums,
                    sync,
                    tablespaceMappings,
                    maxRateKilobytes,
                    verifyPageChecksums,
                    manifest,
                    clean,
                    slot,
                    createSlot,
                    temporarySlot,
                    walDirectory,
                    incrementalTo,
                    roomBytes);
        }
    }
}
