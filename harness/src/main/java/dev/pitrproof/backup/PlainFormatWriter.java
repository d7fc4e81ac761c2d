package dev.pitrproof.backup;

import dev.pitrproof.replication.BaseBackupReceiver;
import dev.pitrproof.replication.Tablespace;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tar streams of a base backup as the data directory they stand for, and notes each file's checksum on the
 * way. File contents go from the receive buffer to the file; they are copied nowhere in between.
 */
final class PlainFormatWriter implements BaseBackupReceiver, AutoCloseable {

    /** Is told how far the stream is; an exception ends the backup. */
    interface Observer {
        void started(Lsn start, TimelineId timeline) throws IOException;

        void expects(long bytes);

        void received(long bytes) throws IOException;
    }

    private final BackupRequest request;
    private final BackupDirectories directories;
    private final FileSync sync;
    private final Observer observer;
    private final MemberFiles files;
    private final CheckedMembers checked;
    private final Map<String, Path> tablespaceDirectories = new HashMap<>();

    private TarStream tar;
    private @Nullable FileChannel manifest;
    private long received;

    PlainFormatWriter(
            BackupRequest request,
            BackupDirectories directories,
            StreamedFiles streamed,
            FileSync sync,
            Observer observer) {
        this.request = request;
        this.directories = directories;
        this.sync = sync;
        this.observer = observer;
        this.files = new MemberFiles(request.directory(), sync, tablespaceDirectories::get, false);
        this.checked = new CheckedMembers(streamed, path -> false, files);
        this.tar = new TarStream(checked);
    }

    @Override
    public void started(Lsn at, TimelineId timeline) throws IOException {
        observer.started(at, timeline);
    }

    @Override
    public void tablespaces(List<Tablespace> tablespaces) throws IOException {
        long kilobytes = 0;
        for (Tablespace tablespace : tablespaces) {
            kilobytes += tablespace.kilobytes().orElse(0);
            String location = tablespace.location();
            if (tablespace.oid() != null && location != null) {
                tablespaceDirectories.put(tablespace.oid(), prepare(tablespace.oid(), location));
            }
        }
        observer.expects(kilobytes * 1024);
    }

    private Path prepare(String oid, String location) throws IOException {
        if (!location.startsWith("/")) {
            // an in-place tablespace: a plain directory under pg_tblspc
            if (!location.equals(MemberFiles.TABLESPACE_LINKS + oid)) {
                throw new IOException("tablespace " + oid + " lies in \"" + location + "\": expected "
                        + MemberFiles.TABLESPACE_LINKS + oid + " or an absolute path");
            }
            return Files.createDirectories(request.directory().resolve(location));
        }
        Path onServer = Path.of(location);
        Path here = request.tablespaceMappings().getOrDefault(onServer, onServer);
        // on the server's own machine it would be the tablespace in use: no hint may tell anybody to remove that
        directories.claim(
                here, "tablespace " + oid + " goes elsewhere with --tablespace-mapping=" + location + "=NEWDIR");
        files.addDirectory(here);
        return here;
    }

    @Override
    public void archive(Tablespace tablespace) {
        tar = new TarStream(checked);
        String oid = tablespace.oid();
        if (oid == null) {
            files.into(request.directory());
            checked.under("");
        } else {
            files.into(tablespaceDirectories.getOrDefault(oid, request.directory()));
            checked.under(MemberFiles.TABLESPACE_LINKS + oid + "/");
        }
    }

    @Override
    public void archiveData(ByteBuffer data) throws IOException {
        received += data.remaining();
        tar.accept(data);
        observer.received(received);
    }

    @Override
    public void archiveEnd() throws IOException {
        tar.end();
    }

    @Override
    public void manifest() throws IOException {
        manifest = MemberFiles.create(manifestFile(), 0600);
    }

    @Override
    public void manifestData(ByteBuffer data) throws IOException {
        FileChannel open = manifest;
        if (open == null) {
            throw new IllegalStateException("manifest data before the manifest");
        }
        while (data.hasRemaining()) {
            open.write(data);
        }
    }

    /** Where the manifest is until the backup is known to be whole. */
    Path manifestFile() {
        return request.directory().resolve(BackupManifest.FILE_NAME + ".tmp");
    }

    /** Bytes of all files received, without headers and padding. */
    long fileBytes() {
        return checked.fileBytes();
    }

    /** Makes everything durable that was received. */
    void finish() throws IOException {
        FileChannel open = manifest;
        if (open != null) {
            manifest = null;
            sync.finish(open);
        }
        files.finish();
    }

    /** Closes files that are still open, of a backup that failed. */
    @Override
    public void close() throws IOException {
        try (MemberFiles first = files;
                FileChannel second = manifest) {
            manifest = null;
        }
    }
}
