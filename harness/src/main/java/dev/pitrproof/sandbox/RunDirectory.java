package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * The directory that all of one run's files are in, {@code pitrproof-XXXXXXXX} in the system's directory for temporary
 * files: others can pass through it, but not list it.
 */
record RunDirectory(Path path, ServerUser user) {

    // a unix socket's path has at most 107 bytes; below the run's directory come /c123/run/.s.PGSQL.5432 and its end
    private static final int LONGEST_PARENT_BYTES = 107 - "/pitrproof-XXXXXXXX/c1234/run/.s.PGSQL.5432".length() - 5;
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final SecureRandom RANDOM = new SecureRandom();

    static RunDirectory create(Path temporary, ServerUser user) throws SandboxException {
        Path parent = temporary.toAbsolutePath().normalize();
        if (parent.toString().length() > LONGEST_PARENT_BYTES) {
            parent = Path.of("/tmp");
        }
        try {
            Optional<Path> closed = user.blockedAt(parent).filter(blocked -> user.isAnother());
            if (closed.isPresent()) {
                throw SandboxException.environment(
                        "the user \"" + user.name() + "\", who runs the servers, cannot enter " + closed.get(),
                        "name another directory by " + TemporaryFiles.VARIABLE);
            }
            while (true) {
                Path path = parent.resolve("pitrproof-" + letters(8));
                try {
                    Files.createDirectory(path);
                } catch (FileAlreadyExistsException e) {
                    continue;
                }
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
                return new RunDirectory(path, user);
            }
        } catch (SandboxException e) {
            throw e;
        } catch (IOException e) {
            throw TemporaryFiles.cannotCreate(parent, e);
        }
    }

    /** A directory that only the servers' user can enter. */
    Path createPrivate(Path directory) throws IOException {
        Files.createDirectory(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        user.own(directory);
        return directory;
    }

    /** A directory of this program's own, that the servers' user can pass through. */
    Path createPassage(String name) throws IOException {
        Path directory = Files.createDirectory(path.resolve(name));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        return directory;
    }

    /** A file that only the servers' user can read. */
    void makePrivate(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        user.own(file);
    }

    void remove() throws IOException {
        remove(path);
    }

    /** Removes a tree, with the mounts in it but not what they show, and makes sure that it is gone. */
    static void remove(Path tree) throws IOException {
        MountPoints.detachBelow(tree);
        // rm walks by directory handles: a link swapped in meanwhile cannot lead it elsewhere
        Subprocess.Result result = Subprocess.run(List.of("rm", "-rf", "--", tree.toString()));
        if (!result.succeeded() || Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            throw SandboxException.environment(
                    "cannot remove " + tree + ": " + result.lastLine(), "remove it by hand: rm -rf " + tree);
        }
    }

    /** {@code length} letters that cannot be guessed, 5 bits each. */
    static String letters(int length) {
        StringBuilder text = new StringBuilder(length);
        RANDOM.ints(length, 0, LETTERS.length()).forEach(index -> text.append(LETTERS.charAt(index)));
        return text.toString();
    }

    /** What a failed file operation means, for its message is often only a path. */
    static String reason(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof java.nio.file.AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof java.nio.file.NoSuchFileException) {
            return "no such directory";
        }
        if (failure instanceof java.nio.file.FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return message;
    }
}
