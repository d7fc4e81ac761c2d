package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Predicate;

/** What a server finds in the data directory it is started on. */
final class DataDirectory {

    static final String LOCK_FILE = "postmaster.pid";

    /** The line of {@code postmaster.pid} that tells the server's state, counted from 0 (pidfile.h). */
    private static final int STATUS_LINE = 7;

    private static final int SHARED_MEMORY_LINE = 6;

    private DataDirectory() {}

    /**
     * Makes a data directory ready for a server that obeys only the sandbox: sets {@code postgresql.auto.conf} aside
     * and removes a {@code postmaster.pid} that no server holds any more.
     *
     * @param directory an absolute path without links
     * @param isAlive tells of the process in a {@code postmaster.pid} whether it still holds this directory
     */
    static void prepare(Path directory, int major, Predicate<String> isAlive) throws IOException {
        String version;
        try {
            version = Files.readString(directory.resolve("PG_VERSION")).trim();
        } catch (NoSuchFileException e) {
            throw SandboxException.environment(
                    directory + " is not a data directory: it has no file PG_VERSION", "check the path", e);
        }
        if (!version.equals(Integer.toString(major))) {
            throw SandboxException.environment(
                    "the data directory " + directory + " is of PostgreSQL " + version + ", but the sandbox runs "
                            + major,
                    "use a sandbox of PostgreSQL " + version);
        }
        List<String> lock = lockFile(directory);
        if (lock.size() > 1 && lock.get(1).equals(directory.toString()) && isAlive.test(lock.get(0))) {
            throw SandboxException.environment(
                    "a server is running on " + directory + " (process " + lock.get(0) + ")",
                    "stop it first, or start on a copy");
        }
        Files.deleteIfExists(directory.resolve(LOCK_FILE));
        // a rename, since the file may be a link that leads out of the directory
        Path automatic = directory.resolve("postgresql.auto.conf");
        if (Files.exists(automatic, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(
                    automatic,
                    directory.resolve("postgresql.auto.conf.set-aside"),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Whether the server {@code processId} accepts connections on this data directory. */
    static boolean isReady(Path directory, long processId) throws IOException {
        List<String> lock = lockFile(directory);
        return isReady(lock) && lock.get(0).equals(Long.toString(processId));
    }

    /** Whether the only server there can be, whatever its number, accepts connections on this data directory. */
    static boolean isReady(Path directory) throws IOException {
        return isReady(lockFile(directory));
    }

    private static boolean isReady(List<String> lock) {
        // "standby" means a recovery with hot_standby=off: up, but it takes no connections
        return lock.size() > STATUS_LINE && lock.get(STATUS_LINE).trim().equals("ready");
    }

    /** The number of the System V shared memory segment a server holds; empty if its lock file does not tell. */
    static List<String> sharedMemoryIds(Path directory) throws IOException {
        List<String> lock = lockFile(directory);
        if (lock.size() <= SHARED_MEMORY_LINE) {
            return List.of();
        }
        String[] keyAndId = lock.get(SHARED_MEMORY_LINE).trim().split("\\s+", -1);
        return keyAndId.length == 2 ? List.of(keyAndId[1]) : List.of();
    }

    private static List<String> lockFile(Path directory) throws IOException {
        try {
            return Files.readAllLines(directory.resolve(LOCK_FILE), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Whether there is a process of that number on this machine. */
    static boolean isAlive(String processId) {
        try {
            return ProcessHandle.of(Long.parseLong(processId))
                    .map(ProcessHandle::isAlive)
                    .orElse(false);
        } catch (NumberFormatException e) {
            return false;
        }
    }
}
