package dev.pitrproof.backup.chain;

import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.FileChecksum;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Walks through the newest backup of a chain, and writes each of its files whole. */
final class Combination {

    static final String PREFIX = "INCREMENTAL.";

    private static final String TABLESPACES = "pg_tblspc";
    private static final String WAL = "pg_wal";
    /** Below these alone the prefix means anything. */
    private static final List<String> RELATIONS = List.of("base", "global", TABLESPACES);

    /** The server would make links to where tablespaces were; ours are made. */
    private static final String TABLESPACE_MAP = "tablespace_map";

    private static final int WINDOW_BYTES = 1 << 20;
    private static final DateTimeFormatter MODIFIED = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final BackupChain chain;
    private final Path into;
    private final BackupChain.TablespacePlaces places;
    private final Map<String, BackupManifest.FileEntry> entries;
    private final Set<PosixFilePermission> forFiles;
    private final CombinedManifest manifest = new CombinedManifest();
    private final FileChecksum sum = CombinedManifest.ALGORITHM.begin();
    private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_BYTES);

    Combination(BackupChain chain, Path into, BackupChain.TablespacePlaces places) throws IOException {
        this.chain = chain;
        this.forFiles = permissions(chain.members().get(0).directory());
        this.into = into;
        this.places = places;
        this.entries = chain.newest().manifest().files().stream()
                .collect(Collectors.toMap(BackupManifest.FileEntry::path, Function.identity(), (one, same) -> one));
    }

    void write() throws IOException {
        BaseBackup newest = chain.newest();
        directory(newest.directory().toRealPath(), into, "");
        // a file that is in the manifest alone was not walked past
        for (String path : entries.keySet()) {
            // tar files that were unpacked have links to tablespaces, and nothing that makes others
            if (!path.equals(TABLESPACE_MAP) && !Files.exists(newest.directory().resolve(path))) {
                throw missing(newest, path);
            }
        }
        Path listing = into.resolve(BackupManifest.FILE_NAME);
        manifest.write(listing, newest.manifest(), newest.systemIdentifier());
        mode(listing);
    }

    private static BrokenChainException missing(BaseBackup member, String path) {
        return new BrokenChainException(
                "backup \"" + member.directory() + "\" has no file " + path,
                "get the backup from another copy, or name all backups of the chain");
    }

    /** @param prefix of the paths in the manifest: empty, or with a slash at its end */
    private void directory(Path from, Path to, String prefix) throws IOException {
        List<Path> content;
        try (Stream<Path> files = Files.list(from)) {
            content = files.sorted().toList();
        }
        for (Path each : content) {
            String path = prefix + each.getFileName();
            Path target = to.resolve(String.valueOf(each.getFileName()));
            if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS) || path.equals(WAL)) {
                subdirectory(each, target);
                directory(each, target, path + "/");
            } else if (Files.isSymbolicLink(each)) {
                link(each, target, path);
            } else if (Files.isRegularFile(each)) {
                file(each, target, path);
            }
        }
    }

    private static void subdirectory(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
    }

    /** As in a base backup that PostgreSQL takes, links elsewhere than to tablespaces are left out. */
    private void link(Path link, Path to, String path) throws IOException {
        if (path.startsWith(TABLESPACES + "/") && Files.isDirectory(link)) {
            Path place = places.place(String.valueOf(link.getFileName()));
            Files.createSymbolicLink(to, place.toAbsolutePath());
            directory(link.toRealPath(), place, path + "/");
        }
    }

    private void file(Path file, Path to, String path) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (path.equals(BackupManifest.FILE_NAME) || path.equals(TABLESPACE_MAP)) {
            return;
        }
        if (path.equals(BackupLabel.FILE_NAME)) {
            label(file, to);
        } else if (name.startsWith(PREFIX) && isOfRelations(path)) {
            String whole = path.substring(0, path.length() - name.length()) + name.substring(PREFIX.length());
            relation(to.resolveSibling(name.substring(PREFIX.length())), whole, path);
        } else {
            copy(file, to, path);
        }
    }

    private static boolean isOfRelations(String path) {
        return RELATIONS.stream().anyMatch(directory -> path.startsWith(directory + "/"));
    }

    private void label(Path file, Path to) throws IOException {
        // byte by byte, for the label is in no particular encoding
        byte[] content = BackupLabel.asFull(Files.readString(file, StandardCharsets.ISO_8859_1))
                .getBytes(StandardCharsets.ISO_8859_1);
        Files.write(to, content);
        mode(to);
        sum.update(ByteBuffer.wrap(content));
        manifest.add(BackupLabel.FILE_NAME, content.length, modified(file), sum.finish());
    }

    private void copy(Path file, Path to, String path) throws IOException {
        long bytes = 0;
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (window.clear(); in.read(window) >= 0; window.clear()) {
                bytes += window.position();
                put(out);
            }
        }
        mode(to);
        String checksum = sum.finish();
        BackupManifest.FileEntry entry = entries.get(path);
        if (entry == null) {
            // WAL is not in a manifest, and what else is not there is nobody's
            if (!path.startsWith(WAL + "/")) {
                Files.delete(to);
            }
            return;
        }
        if (entry.size() != bytes
                || (entry.algorithm() == CombinedManifest.ALGORITHM
                        && !entry.checksum().equals(checksum))) {
            throw new BrokenChainException(
                    "file \"" + file + "\" is not what the manifest of its backup says",
                    "get the backup from another copy");
        }
        manifest.add(path, bytes, entry.lastModified(), checksum);
    }

    /** Writes what the window holds. */
    private void put(FileChannel out) throws IOException {
        window.flip();
        sum.update(window.duplicate());
        while (window.hasRemaining()) {
            out.write(window);
        }
    }

    private void mode(Path file) throws IOException {
        Files.setPosixFilePermissions(file, forFiles);
    }

    /** A cluster that its group may read is known by its directory; pg_combinebackup asks that of the full backup. */
    private static Set<PosixFilePermission> permissions(Path full) throws IOException {
        boolean forGroup =
                Files.getPosixFilePermissions(full).containsAll(PosixFilePermissions.fromString("---r-x---"));
        return PosixFilePermissions.fromString(forGroup ? "rw-r-----" : "rw-------");
    }

    private static String modified(Path file) throws IOException {
        return MODIFIED.format(Files.getLastModifiedTime(file).toInstant());
    }

    /**
     * @param whole the path of the whole file
     * @param part the path of what the newest backup has of it
     */
    private void relation(Path to, String whole, String part) throws IOException {
        try (RelationParts parts = RelationParts.open(chain, whole, part);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            BlockMap map = parts.map();
            int most = WINDOW_BYTES / IncrementalHeader.BLOCK_BYTES;
            for (int block = 0; block < map.blocks(); ) {
                int count = map.stretch(block, most);
                window.clear().limit(count * IncrementalHeader.BLOCK_BYTES);
                parts.read(block, window);
                put(out);
                block += count;
            }
            manifest.add(
                    whole,
                    (long) map.blocks() * IncrementalHeader.BLOCK_BYTES,
                    modified(chain.newest().directory().resolve(part)),
                    sum.finish());
        }
        mode(to);
    }
}
