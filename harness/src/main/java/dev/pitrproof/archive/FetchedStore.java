package dev.pitrproof.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A store on another machine whose files are fetched once, each when it is read first, into a directory on this one.
 *
 * <p>What is kept there is read again only if it has the size and the SHA-256 that it came with. What the store has, and in
 * which version, the store itself is asked for every time.
 */
final class FetchedStore implements ArchiveStore {

    private static final int PIECE_BYTES = 1 << 16;

    /** What came of a file; its lock while it comes. */
    private static final class Fetched {
        private String sha256 = "";
        private long size;
    }

    private final ArchiveStore origin;
    private final Path directory;
    private final Map<String, Fetched> fetched = new ConcurrentHashMap<>();

    /** @param directory empty, and nobody else's; it stays when this is no longer used */
    FetchedStore(ArchiveStore origin, Path directory) {
        this.origin = origin;
        this.directory = directory;
    }

    @Override
    public String location() {
        return origin.location();
    }

    @Override
    public String locate(String fileName) {
        return origin.locate(fileName);
    }

    /** None: a server is not to read from between fetched and not fetched. */
    @Override
    public Optional<Path> directory() {
        return Optional.empty();
    }

    @Override
    public List<String> fileNames() throws IOException {
        return origin.fileNames();
    }

    @Override
    public Optional<String> firstOf(List<String> names) throws IOException {
        return origin.firstOf(names);
    }

    @Override
    public long size(String fileName) throws IOException {
        return origin.size(fileName);
    }

    @Override
    public InputStream open(String fileName) throws IOException {
        Fetched file = fetched.computeIfAbsent(fileName, name -> new Fetched());
        Path path = directory.resolve(fileName);
        synchronized (file) {
            if (file.sha256.isEmpty()) {
                fetch(fileName, path, file);
            } else {
                requireUnchanged(fileName, path, file);
            }
        }
        return Files.newInputStream(path);
    }

    private void fetch(String fileName, Path path, Fetched file) throws IOException {
        Path unfinished = directory.resolve(fileName + ".fetching");
        MessageDigest digest = sha256();
        long size;
        try (InputStream in = new DigestInputStream(origin.openWhole(fileName), digest);
                OutputStream out = Files.newOutputStream(
                        unfinished,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            size = in.transferTo(out);
        }
        if (size != origin.size(fileName)) {
            throw new ArchiveException(
                    ArchiveException.Kind.UNREACHABLE,
                    origin.locate(fileName) + " came with " + size + " bytes, expected " + origin.size(fileName),
                    "run this again; if it happens again, what lies between this machine and the store changes files");
        }
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        file.size = size;
        file.sha256 = HexFormat.of().formatHex(digest.digest());
    }

    private void requireUnchanged(String fileName, Path path, Fetched file) throws IOException {
        MessageDigest digest = sha256();
        long size = 0;
        if (Files.isRegularFile(path)) {
            byte[] piece = new byte[PIECE_BYTES];
            try (InputStream in = Files.newInputStream(path)) {
                for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                    digest.update(piece, 0, read);
                    size += read;
                }
            }
        }
        if (size != file.size || !HexFormat.of().formatHex(digest.digest()).equals(file.sha256)) {
            throw new ArchiveException(
                    ArchiveException.Kind.UNREACHABLE,
                    "the copy of " + origin.locate(fileName) + " in \"" + directory
                            + "\" is no longer what was fetched",
                    "nobody but pitrproof may write there; run this again");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public int readersMax() {
        return origin.readersMax();
    }

    @Override
    public Map<String, String> versions() throws IOException {
        return origin.versions();
    }

    @Override
    public boolean versionTellsContent() {
        return origin.versionTellsContent();
    }

    @Override
    public ArchiveException withoutSegments() throws IOException {
        return origin.withoutSegments();
    }
}
