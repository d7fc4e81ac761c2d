package dev.pitrproof.backup;

import dev.pitrproof.replication.Tablespace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
        Path here = placeHere(oid, location);
        // on the server's own machine it would be the tablespace in use: no hint may tell anybody to remove that
        directories.claim(
                here, "tablespace " + oid + " goes elsewhere with --tablespace-mapping=" + location + "=NEWDIR");
        files.addDirectory(here);
        return here;
    }

    private Path placeHere(String oid, String location) throws IOException {
        try {
            Path onServer = Path.of(location);
            Path mapped = request().tablespaceMappings().get(onServer);
            if (mapped == null && location.chars().anyMatch(Character::isISOControl)) {
                throw new TarFormatException("tablespace " + oid + " lies in \"" + location
                        + "\": a control character in a path that nobody has mapped");
            }
            return mapped == null ? onServer : mapped;
        } catch (InvalidPathException e) {
            throw new IOException(
                    "tablespace " + oid + " lies in a path that cannot be used here: " + e.getReason(), e);
        }
    }

    @Override
    void requireSpace(List<Tablespace> tablespaces) throws IOException {
        Map<Path, Long> needed = new LinkedHashMap<>();
        for (Tablespace tablespace : tablespaces) {
            String oid = tablespace.oid();
            Path main = request().directory();
            needed.merge(
                    oid == null ? main : tablespaceDirectories.getOrDefault(oid, main),
                    FreeSpace.bytes(List.of(tablespace)),
                    Long::sum);
        }
        FreeSpace.require(needed);
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
