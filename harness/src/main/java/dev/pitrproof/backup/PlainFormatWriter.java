package dev.pitrproof.backup;

import dev.pitrproof.replication.BaseBackupReceiver;
import dev.pitrproof.replication.Tablespace;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the tar streams of a base backup as the data directory they stand for, and notes each file's checksum on the
 * way. File contents go from the receive buffer to the file; they are copied nowhere in between.
 */
final class PlainFormatWriter implements BaseBackupReceiver, TarStream.Members, AutoCloseable {

    /** Is told how far the stream is; an exception ends the backup. */
    interface Observer {
        void started(Lsn start, TimelineId timeline) throws IOException;

        void expects(long bytes);

        void received(long bytes) throws IOException;
    }

    private static final String TABLESPACE_LINKS = "pg_tblspc/";
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY = PosixFilePermissions.asFileAttribute(
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
    private static final int OWNER_ONLY_MODE = 0600;

    private final BackupRequest request;
    private final BackupDirectories directories;
    private final StreamedFiles streamed;
    private final FileSync sync;
    private final Observer observer;
    private final FileChecksum checksum;
    private final Set<Path> writtenDirectories = new LinkedHashSet<>();
    private final Map<String, Path> tablespaceDirectories = new HashMap<>();

    private Path root;
    private String prefix = "";
    private TarStream tar = new TarStream(this);
    private @Nullable FileChannel file;
    private @Nullable TarHeader member;
    private @Nullable FileChannel manifest;
    private long received;
    private long fileBytes;

    PlainFormatWriter(
            BackupRequest request,
            BackupDirectories directories,
            StreamedFiles streamed,
            FileSync sync,
            Observer observer) {
        this.request = request;
        this.directories = directories;
        this.streamed = streamed;
        this.sync = sync;
        this.observer = observer;
        this.checksum = streamed.algorithm().begin();
        this.root = request.directory();
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
            if (!location.equals(TABLESPACE_LINKS + oid)) {
                throw new IOException("tablespace " + oid + " lies in \"" + location + "\": expected "
                        + TABLESPACE_LINKS + oid + " or an absolute path");
            }
            return Files.createDirectories(request.directory().resolve(location));
        }
        Path onServer = Path.of(location);
        Path here = request.tablespaceMappings().getOrDefault(onServer, onServer);
        // on the server's own machine it would be the tablespace in use: no hint may tell anybody to remove that
        directories.claim(
                here, "tablespace " + oid + " goes elsewhere with --tablespace-mapping=" + location + "=NEWDIR");
        writtenDirectories.add(here);
        return here;
    }

    @Override
    public void archive(Tablespace tablespace) {
        tar = new TarStream(this);
        String oid = tablespace.oid();
        if (oid == null) {
            root = request.directory();
            prefix = "";
        } else {
            root = tablespaceDirectories.getOrDefault(oid, request.directory());
            prefix = TABLESPACE_LINKS + oid + "/";
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
    public void begin(TarHeader header) throws IOException {
        Path target;
        try {
            target = root.resolve(header.name());
        } catch (InvalidPathException e) {
            throw new IOException("file name \"" + header.name() + "\" cannot be used here: " + e.getReason(), e);
        }
        switch (header.type()) {
            case FILE -> {
                file = create(target, header.mode());
                member = header;
            }
            case DIRECTORY -> {
                if (!Files.isDirectory(target)) {
                    Files.createDirectory(target);
                }
                setMode(target, header.mode());
                writtenDirectories.add(target);
            }
            case SYMBOLIC_LINK -> link(target, header.name());
        }
    }

    private static FileChannel create(Path target, int mode) throws IOException {
        try {
            FileChannel created = FileChannel.open(
                    target, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY);
            if (mode != OWNER_ONLY_MODE) {
                setMode(target, mode);
            }
            return created;
        } catch (FileAlreadyExistsException e) {
            throw new IOException("the server sent \"" + target + "\" twice", e);
        }
    }

    private static void setMode(Path target, int mode) throws IOException {
        PosixFilePermission[] fromLowestBit = {
            PosixFilePermission.OTHERS_EXECUTE, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_READ,
            PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_READ,
            PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_READ
        };
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < fromLowestBit.length; bit++) {
            if ((mode & (1 << bit)) != 0) {
                permissions.add(fromLowestBit[bit]);
            }
        }
        Files.setPosixFilePermissions(target, permissions);
    }

    /** The link goes to where the tablespace is here, never to where the server says it is there. */
    private void link(Path target, String name) throws IOException {
        Path tablespace = name.startsWith(TABLESPACE_LINKS)
                ? tablespaceDirectories.get(name.substring(TABLESPACE_LINKS.length()))
                : null;
        if (tablespace == null) {
            throw new IOException("the server sent a symbolic link \"" + name + "\" that is no tablespace");
        }
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(target, tablespace.toAbsolutePath());
        }
    }

    @Override
    public void content(ByteBuffer bytes) throws IOException {
        FileChannel open = file;
        if (open == null) {
            throw new IllegalStateException("content outside a file");
        }
        int begin = bytes.position();
        checksum.update(bytes);
        bytes.position(begin);
        try {
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
        } catch (IOException e) {
            // "No space left on device" alone does not say on which
            String name = member == null ? "" : member.name();
            throw new IOException("could not write \"" + root.resolve(name) + "\": " + e.getMessage(), e);
        }
    }

    @Override
    public void end() throws IOException {
        FileChannel finished = file;
        TarHeader header = member;
        if (finished == null || header == null) {
            return;
        }
        file = null;
        member = null;
        sync.finish(finished);
        fileBytes += header.size();
        streamed.add(prefix + header.name(), header.size(), checksum.finish());
    }

    @Override
    public void manifest() throws IOException {
        manifest = create(manifestFile(), OWNER_ONLY_MODE);
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
        return fileBytes;
    }

    /** Makes everything durable that was received. */
    void finish() throws IOException {
        FileChannel open = manifest;
        if (open != null) {
            manifest = null;
            sync.finish(open);
        }
        sync.await();
        for (Path directory : writtenDirectories) {
            sync.directory(directory);
        }
    }

    /** Closes files that are still open, of a backup that failed. */
    @Override
    public void close() throws IOException {
        try (FileChannel first = file;
                FileChannel second = manifest) {
            file = null;
            manifest = null;
        }
    }
}
