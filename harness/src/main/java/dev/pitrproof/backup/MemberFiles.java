package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the members of tar streams as the files, directories and links they stand for. Nothing is written outside of the
 * directories that it is given: a link goes to where a tablespace is here, and to nowhere else.
 */
final class MemberFiles implements TarStream.Members, AutoCloseable {

    /** Where tablespaces are. */
    interface Tablespaces {
        /** The tablespace's directory here; null if there is no such tablespace. */
        @Nullable
        Path directory(String oid) throws IOException;
    }

    static final String TABLESPACE_LINKS = "pg_tblspc/";
    private static final int OWNER_ONLY_MODE = 0600;
    private static final int OWNER_ONLY_DIRECTORY_MODE = 0700;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(permissions(OWNER_ONLY_MODE));

    private final FileSync sync;
    private final Tablespaces tablespaces;
    private final boolean ownerOnly;
    private final Set<Path> writtenDirectories = new LinkedHashSet<>();
    private Path root;
    private @Nullable FileChannel file;
    private @Nullable TarHeader member;

    /**
     * Assigns only.
     *
     * @param root where members go, until {@link #into} names another directory
     * @param ownerOnly files get mode 0600 and directories 0700, whatever the members' modes are
     */
    MemberFiles(Path root, FileSync sync, Tablespaces tablespaces, boolean ownerOnly) {
        this.root = root;
        this.sync = sync;
        this.tablespaces = tablespaces;
        this.ownerOnly = ownerOnly;
    }

    /** The members that follow go below this directory. */
    void into(Path directory) {
        root = directory;
    }

    @Override
    public void begin(TarHeader header) throws IOException {
        Path target;
        try {
            target = root.resolve(header.name());
        } catch (InvalidPathException e) {
            throw new IOException("file name \"" + header.name() + "\" cannot be used here: " + e.getReason(), e);
        }
        try {
            switch (header.type()) {
                case FILE -> {
                    file = create(target, ownerOnly ? OWNER_ONLY_MODE : header.mode());
                    member = header;
                }
                case DIRECTORY -> {
                    makeDirectory(target);
                    setMode(target, ownerOnly ? OWNER_ONLY_DIRECTORY_MODE : header.mode());
                    writtenDirectories.add(target);
                }
                case SYMBOLIC_LINK -> link(target, header.name());
            }
        } catch (FileAlreadyExistsException e) {
            throw new TarFormatException("tar member \"" + header.name() + "\" comes twice");
        } catch (FileSystemException e) {
            Path parent = target.getParent();
            if (parent != null && !Files.isDirectory(parent)) {
                throw new TarFormatException("tar member \"" + header.name() + "\" comes without its directory");
            }
            throw new IOException("could not create \"" + target + "\": " + e.getReason(), e);
        }
    }

    /** It may be there, or be made in this moment: the WAL receiver makes pg_wal/archive_status when it needs it. */
    private static void makeDirectory(Path target) throws IOException {
        try {
            Files.createDirectory(target);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
    }

    /** @throws FileAlreadyExistsException if the file is there */
    static FileChannel create(Path target, int mode) throws IOException {
        FileChannel created =
                FileChannel.open(target, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY);
        if (mode != OWNER_ONLY_MODE) {
            setMode(target, mode);
        }
        return created;
    }

    private static void setMode(Path target, int mode) throws IOException {
        // whatever came: the owner must be able to go on, and to remove it
        Files.setPosixFilePermissions(
                target, permissions(mode | (Files.isDirectory(target) ? OWNER_ONLY_DIRECTORY_MODE : OWNER_ONLY_MODE)));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
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
        return permissions;
    }

    /** The link goes to where the tablespace is here, never to where the member says it is. */
    private void link(Path target, String name) throws IOException {
        Path tablespace = name.startsWith(TABLESPACE_LINKS)
                ? tablespaces.directory(name.substring(TABLESPACE_LINKS.length()))
                : null;
        if (tablespace == null) {
            throw noTablespace(name);
        }
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(target, tablespace.toAbsolutePath());
        }
    }

    static TarFormatException noTablespace(String name) {
        return new TarFormatException("tar member \"" + name + "\" is a symbolic link that is no tablespace");
    }

    @Override
    public void content(ByteBuffer bytes) throws IOException {
        FileChannel open = file;
        if (open == null) {
            throw new IllegalStateException("content outside a file");
        }
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
        if (finished != null) {
            file = null;
            member = null;
            sync.finish(finished);
        }
    }

    /** Waits until everything is durable that was written. */
    void finish() throws IOException {
        sync.await();
        for (Path directory : writtenDirectories) {
            sync.directory(directory);
        }
    }

    /** A directory that others made and whose names are to be durable, too. */
    void addDirectory(Path directory) {
        writtenDirectories.add(directory);
    }

    /** Closes a file that is still open, because its stream has failed. */
    @Override
    public void close() throws IOException {
        try (FileChannel open = file) {
            file = null;
        }
    }
}
