package dev.pitrproof.backup;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.replication.BaseBackupReceiver;
import dev.pitrproof.replication.Tablespace;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Makes of the archives and the manifest that a server sends what the backup shall consist of. What all formats have in
 * common: each file's checksum is taken on the way, and the manifest is kept under another name until all is well.
 */
abstract class BackupWriter implements BaseBackupReceiver, AutoCloseable {

    /** Is told how far the stream is; an exception ends the backup. */
    interface Observer {
        void started(Lsn start, TimelineId timeline) throws IOException;

        void expects(long bytes);

        void received(long bytes) throws IOException;
    }

    /** A manifest's beginning and end, with a line for each of some thousands of timelines. */
    private static final long MANIFEST_BYTES = 1 << 20;
    /** More than a manifest has of a file, whose name in a tar stream has at most 99 bytes. */
    private static final long MANIFEST_BYTES_OF_FILE = 1 << 10;

    private final BackupRequest request;
    private final Observer observer;
    private final CheckedMembers checked;
    private final KeptMembers kept = new KeptMembers();
    private final ReceivedManifest manifest;
    private ReceivedArchive archive;
    private long received;

    /**
     * Assigns only.
     *
     * @param members is told what the archives hold
     * @param manifestFile where the manifest is until the backup is known to be whole
     */
    BackupWriter(
            BackupRequest request,
            StreamedFiles streamed,
            TarStream.Members members,
            Path manifestFile,
            Observer observer) {
        this.request = request;
        this.observer = observer;
        this.checked = new CheckedMembers(streamed, path -> false, members);
        this.manifest = new ReceivedManifest(manifestFile);
        this.archive = new ReceivedArchive(checked, Compression.NONE);
    }

    final BackupRequest request() {
        return request;
    }

    final BackupCompression compression() {
        return request.compression();
    }

    @Override
    public final void started(Lsn at, TimelineId timeline) throws IOException {
        observer.started(at, timeline);
    }

    @Override
    public final void tablespaces(List<Tablespace> tablespaces) throws IOException {
        prepare(tablespaces);
        requireSpace(tablespaces);
        observer.expects(tablespaces.stream()
                .mapToLong(tablespace -> tablespace.kilobytes().orElse(0) * 1024)
                .sum());
    }

    /** Fails if there cannot be space enough, by the server's own estimate of what comes. */
    abstract void requireSpace(List<Tablespace> tablespaces) throws IOException;

    /** These tablespaces come, the main data directory last. */
    abstract void prepare(List<Tablespace> tablespaces) throws IOException;

    @Override
    public final void archive(Tablespace tablespace) throws IOException {
        String oid = tablespace.oid();
        String prefix = oid == null ? "" : MemberFiles.TABLESPACE_LINKS + oid + "/";
        checked.under(prefix);
        begin(oid == null ? TarBackup.BASE : oid, oid == null);
        archive =
                new ReceivedArchive(kept.before(prefix, checked), compression().ofServer());
    }

    /**
     * An archive begins.
     *
     * @param name a tablespace's OID, or "base"
     */
    abstract void begin(String name, boolean isMain) throws IOException;

    @Override
    public final void archiveData(ByteBuffer data) throws IOException {
        received += data.remaining();
        keep(data);
        archive.accept(data);
        observer.received(received);
    }

    /** Keeps bytes of the archive as they came, if the format does; leaves the buffer's position where it was. */
    abstract void keep(ByteBuffer data) throws IOException;

    @Override
    public final void archiveEnd() throws IOException {
        archive.end();
        end(archive.hasEndBlocks());
    }

    /**
     * The archive is complete.
     *
     * @param withEndBlocks whether it had the blocks of zeros with which tar files end, which servers before 15 leave to
     *     the client
     */
    abstract void end(boolean withEndBlocks) throws IOException;

    @Override
    public final void manifest() throws IOException {
        manifest.begin(MANIFEST_BYTES + checked.files() * MANIFEST_BYTES_OF_FILE);
    }

    @Override
    public final void manifestData(ByteBuffer data) throws IOException {
        manifest.accept(data);
    }

    /** Where the manifest is until the backup is known to be whole. */
    final Path manifestFile() {
        return manifest.file();
    }

    /** Bytes of all files received, without headers and padding. */
    final long fileBytes() {
        return checked.fileBytes();
    }

    final BackupLabel label() throws IOException {
        return kept.label();
    }

    /** The small files that tell what the backup is of. */
    final KeptMembers kept() {
        return kept;
    }

    /** Where WAL goes that is streamed beside the archives; the directory is made. */
    abstract Path walDirectory() throws IOException;

    /** Makes everything durable that was received. Nobody writes WAL any more. */
    final void finish(FileSync sync) throws IOException {
        manifest.finish(sync);
        finishFiles();
    }

    abstract void finishFiles() throws IOException;

    /**
     * The manifest has been compared with everything else: the backup is whole.
     *
     * @param damage what was found, with which the backup is marked before anybody can take it for a sound one
     */
    void conclude(List<String> damage) throws IOException {
        if (!damage.isEmpty()) {
            DamageMark.write(request.directory(), damage, request.sync());
        }
        if (request.wantsManifest()) {
            Files.move(
                    manifestFile(),
                    request.directory().resolve(BackupManifest.FILE_NAME),
                    StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Closes files that are still open, of a backup that failed. */
    @Override
    public final void close() throws IOException {
        archive.close();
        try {
            manifest.close();
        } finally {
            closeFiles();
        }
    }

    abstract void closeFiles() throws IOException;
}
