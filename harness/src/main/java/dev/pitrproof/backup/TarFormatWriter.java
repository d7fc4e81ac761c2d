package dev.pitrproof.backup;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.compression.CompressionLevel;
import dev.pitrproof.replication.Tablespace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tar streams of a base backup as tar files into a directory: base.tar, one for each tablespace, pg_wal.tar if
 * WAL is streamed beside them. What the server has compressed is decompressed for the comparison with the manifest, in
 * another thread, and kept as it came.
 */
final class TarFormatWriter extends BackupWriter {

    private static final String WAL_DIRECTORY = "pg_wal.tmp";
    private static final String ARCHIVE_STATUS = "archive_status/";

    private final FileSync sync;
    private @Nullable FileChannel file;
    private @Nullable TarFile tar;

    TarFormatWriter(BackupRequest request, StreamedFiles streamed, FileSync sync, Observer observer) {
        super(
                request,
                streamed,
                new WalMembers("", null),
                request.directory().resolve(BackupManifest.FILE_NAME + ".tmp"),
                observer);
        this.sync = sync;
    }

    @Override
    void prepare(List<Tablespace> tablespaces) {
        // each goes into a file of its own
    }

    @Override
    void requireSpace(List<Tablespace> tablespaces) throws IOException {
        // nobody knows what becomes of it when it is compressed
        if (compression().level().method() == Compression.NONE) {
            FreeSpace.require(Map.of(request().directory(), FreeSpace.bytes(tablespaces)));
        }
    }

    @Override
    void begin(String name, boolean isMain) throws IOException {
        create(name, compression().level().method(), compression().ofClient());
    }

    private void create(String name, Compression method, CompressionLevel here) throws IOException {
        Path path = request().directory().resolve(name + ".tar" + method.suffix());
        FileChannel created = MemberFiles.create(path, 0600);
        file = created;
        tar = new TarFile(created, path.toString(), here);
    }

    @Override
    void keep(ByteBuffer data) throws IOException {
        open().write(data.duplicate());
    }

    private TarFile open() {
        TarFile opened = tar;
        if (opened == null) {
            throw new IllegalStateException("no tar file is open");
        }
        return opened;
    }

    @Override
    void end(boolean withEndBlocks) throws IOException {
        if (!withEndBlocks) {
            open().addEnd();
        }
        finishFile();
    }

    private void finishFile() throws IOException {
        open().end();
        FileChannel written = file;
        tar = null;
        file = null;
        if (written != null) {
            sync.finish(written);
        }
    }

    @Override
    Path walDirectory() throws IOException {
        return BackupDirectories.makeForOwner(request().directory().resolve(WAL_DIRECTORY));
    }

    @Override
    void finishFiles() throws IOException {
        if (request().wal() == WalMethod.STREAM) {
            packWal();
        }
        sync.await();
    }

    /** As pg_basebackup does: the segments at the top, and compressed by gzip or not at all. */
    private void packWal() throws IOException {
        CompressionLevel here = compression().ofClient();
        CompressionLevel used = here.method() == Compression.GZIP ? here : CompressionLevel.of(Compression.NONE);
        create(TarBackup.WAL, used.method(), used);
        Path directory = walDirectory();
        pack("", directory);
        Path status = directory.resolve(ARCHIVE_STATUS);
        if (Files.isDirectory(status)) {
            pack(ARCHIVE_STATUS, status);
            Files.delete(status);
        }
        Files.delete(directory);
        open().addEnd();
        finishFile();
    }

    private void pack(String prefix, Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path packed : files) {
            open().add(prefix + packed.getFileName(), packed);
            Files.delete(packed);
        }
    }

    @Override
    void closeFiles() throws IOException {
        try (FileChannel open = file) {
            if (tar != null) {
                tar.close();
            }
        }
    }
}
