package dev.pitrproof.backup;

import dev.pitrproof.replication.Tablespace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the tar streams of a base backup as the data directory they stand for. File contents go from the receive buffer
 * to the file; they are copied nowhere in between.
 */
final class PlainFormatWriter extends BackupWriter {

    private final BackupDirectories directories;
    private final FileSync sync;
    private final MemberFiles files;
    private final Map<String, Path> tablespaceDirectories;

    static PlainFormatWriter create(
            BackupRequest request,
            BackupDirectories directories,
            StreamedFiles streamed,
            FileSync sync,
            Observer observer) {
        Map<String, Path> tablespaces = new HashMap<>();
        MemberFiles files = new MemberFiles(request.directory(), sync, tablespaces::get, false);
        return new PlainFormatWriter(request, directories, streamed, sync, observer, files, tablespaces);
    }

    private PlainFormatWriter(
            BackupRequest request,
            BackupDirectories directories,
            StreamedFiles streamed,
            FileSync sync,
            Observer observer,
            MemberFiles files,
            Map<String, Path> tablespaces) {
        super(request, streamed, files, request.directory().resolve(BackupManifest.FILE_NAME + ".tmp"), observer);
        this.directories = directories;
        this.sync = sync;
        this.files = files;
        this.tablespaceDirectories = tablespaces;
    }

    @Override
    void prepare(List<Tablespace> tablespaces) throws IOException {
        for (Tablespace tablespace : tablespaces) {
            String location = tablespace.location();
            if (tablespace.oid() != null && location != null) {
                tablespaceDirectories.put(tablespace.oid(), prepare(tablespace.oid(), location));
            }
        }
    }

    private Path prepare(String oid, String location) throws IOException {
        if (!location.startsWith("/")) {
            // an in-place tablespace: a plain directory under pg_tblspc
            if (!location.equals(MemberFiles.TABLESPACE_LINKS + oid)) {
                throw new IOException("tablespace " + oid + " lies in \"" + location + "\": expected "
                        + MemberFiles.TABLESPACE_LINKS + oid + " or an absolute path");
            }
            return Files.createDirectories(request().directory().resolve(location));
        }
        Path onServer = Path.of(location);
        Path here = request().tablespaceMappings().getOrDefault(onServer, onServer);
        // on the server's own machine it would be the tablespace in use: no hint may tell anybody to remove that
        directories.claim(
                here, "tablespace " + oid + " goes elsewhere with --tablespace-mapping=" + location + "=NEWDIR");
        files.addDirectory(here);
        return here;
    }

    @Override
    void begin(String name, boolean isMain) {
        Path main = request().directory();
        files.into(isMain ? main : tablespaceDirectories.getOrDefault(name, main));
    }

    @Override
    void keep(ByteBuffer data) {
        // the files are enough
    }

    @Override
    void end(boolean withEndBlocks) {
        // nothing stays of the archive itself
    }

    @Override
    Path walDirectory() throws IOException {
        return BackupDirectories.makeForOwner(request().directory().resolve("pg_wal"));
    }

    @Override
    void finishFiles() throws IOException {
        files.finish();
        if (request().wal() == WalMethod.STREAM) {
            sync.directory(walDirectory());
        }
    }

    @Override
    void closeFiles() throws IOException {
        files.close();
    }
}
