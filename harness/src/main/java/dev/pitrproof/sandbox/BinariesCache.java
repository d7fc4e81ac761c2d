package dev.pitrproof.sandbox;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A directory of things that take long to make: unpacked programs, and what is known about installed ones.
 *
 * <p>An entry is a directory that appears under its name only when it is whole, by a rename, so whoever finds it may
 * use it. Several processes may share the cache; all in it can be read by everybody, for servers run as another user.
 *
 * @param directory made when first needed
 */
record BinariesCache(Path directory) {

    static final String VARIABLE = "PITRPROOF_CACHE";

    // file locks are held by the whole JVM, so its threads need one of their own
    private static final Lock THREADS = new ReentrantLock();

    /** Fills an entry's directory. */
    @FunctionalInterface
    interface Filler {
        void fill(Path directory) throws IOException;
    }

    static BinariesCache standard() {
        return new BinariesCache(standardDirectory(System.getenv(), System.getProperty("user.name", "")));
    }

    static Path standardDirectory(Map<String, String> environment, String userName) {
        String named = environment.getOrDefault(VARIABLE, "");
        if (!named.isBlank()) {
            return Path.of(named).toAbsolutePath().normalize();
        }
        if (userName.equals("root")) {
            // root's home is closed to the user that servers run as
            return Path.of("/var/cache/pitrproof");
        }
        String base = environment.getOrDefault("XDG_CACHE_HOME", "");
        return base.startsWith("/")
                ? Path.of(base, "pitrproof")
                : home(System.getProperty("user.home", ""), environment).resolve(Path.of(".cache", "pitrproof"));
    }

    /** Where this user's own files are. */
    static Path home() {
        return home(System.getProperty("user.home", ""), System.getenv());
    }

    /** @param known to Java, from the list of users: "?" for one who is not in it, as many a container has */
    static Path home(String known, Map<String, String> environment) {
        return Stream.of(known, environment.getOrDefault("HOME", ""))
                .filter(home -> home.startsWith("/"))
                .map(Path::of)
                .findFirst()
                .orElse(Path.of("/nonexistent"));
    }

    /** The directory of an entry, if it is there. */
    Optional<Path> entry(String name) {
        return Optional.of(directory.resolve(name)).filter(Files::isDirectory);
    }

    /**
     * The directory of an entry, filled now if it is not there. Of several processes one fills it and the others wait.
     *
     * @param onWait is run before waiting for another process
     */
    Path entry(String name, Filler filler, Runnable onWait) throws IOException {
        Path entry = directory.resolve(name);
        if (Files.isDirectory(entry)) {
            return entry;
        }
        createDirectory();
        THREADS.lock();
        try (FileChannel file = FileChannel.open(
                        directory.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(file, onWait)) {
            if (!Files.isDirectory(entry)) {
                fill(entry, filler);
            }
            return entry;
        } finally {
            THREADS.unlock();
        }
    }

    private static FileLock lock(FileChannel file, Runnable onWait) throws IOException {
        FileLock lock = file.tryLock();
        if (lock == null) {
            onWait.run();
            lock = file.lock();
        }
        return lock;
    }

    private void fill(Path entry, Filler filler) throws IOException {
        String prefix = entry.getFileName() + ".part-";
        // we hold the lock, so whatever is half done was left by a process that is no more
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, prefix + "*")) {
            for (Path path : left) {
                RunDirectory.remove(path);
            }
        }
        Path part = directory.resolve(prefix + RunDirectory.letters(8));
        try {
            Files.createDirectory(part);
            filler.fill(part);
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(part, entry, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
                RunDirectory.remove(part);
            }
        }
    }

    private void createDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            try {
                Files.createDirectories(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            } catch (IOException e) {
                throw notWritable(e);
            }
        }
        if (!Files.isWritable(directory)) {
            throw notWritable(new IOException("permission denied"));
        }
    }

    private SandboxException notWritable(IOException cause) {
        return SandboxException.environment(
                "cannot write to the cache " + directory + ": " + RunDirectory.reason(cause),
                "name a directory that this user can write to by the environment variable " + VARIABLE,
                cause);
    }

    /** What was remembered under a name, unless its key has changed since. */
    Optional<Properties> recall(String name, String key) {
        Path file = factsFile(name, key);
        try (Reader reader = Files.newBufferedReader(file)) {
            Properties facts = new Properties();
            facts.load(reader);
            return key.equals(facts.getProperty("key")) ? Optional.of(facts) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            // not there, or not readable: it can be found out again
            return Optional.empty();
        }
    }

    /** Keeps facts for {@link #recall}; a cache that cannot be written to only costs time. */
    void remember(String name, String key, Properties facts) {
        Path part = directory.resolve(name + ".part-" + RunDirectory.letters(8));
        try {
            createDirectory();
            facts.setProperty("key", key);
            try (Writer writer = Files.newBufferedWriter(part)) {
                facts.store(writer, null);
            }
            Files.move(part, factsFile(name, key), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | UncheckedIOException e) {
            // said nowhere: nothing is wrong with the answer
        }
    }

    private Path factsFile(String name, String key) {
        return directory.resolve(name + "-" + Integer.toHexString(key.hashCode()) + ".properties");
    }
}
