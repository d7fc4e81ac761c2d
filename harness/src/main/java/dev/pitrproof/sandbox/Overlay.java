package dev.pitrproof.sandbox;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A directory that shows the files of another and keeps what is changed in them to itself: an overlay mount, which only
 * root can make. The kernel never writes to the other directory.
 *
 * <p>A file is copied when it is first opened for writing, and PostgreSQL opens tables so even to read them; a new owner
 * or mode costs no copy ({@code metacopy}, Linux 4.19).
 *
 * <p>What was changed is beside the directory, in {@code NAME-layers}. It is root's, since whoever could write there
 * could show the server any file of this machine.
 *
 * @see <a href="https://docs.kernel.org/filesystems/overlayfs.html">Overlay Filesystem</a>
 */
public final class Overlay implements Closeable {

    /** What separates options, directories and escapes in the mount's options. */
    private static final Pattern NOT_IN_OPTIONS = Pattern.compile("[,:\\\\\"]");

    private final Path directory;
    private final Path layers;
    private boolean closed;

    private Overlay(Path directory, Path layers) {
        this.directory = directory;
        this.layers = layers;
    }

    /**
     * Lays {@code directory} over {@code lower}; empty, with the directory as it was, where that cannot be done: a
     * system without the file system, a file system that cannot be a layer, a container without the right to mount.
     */
    static Optional<Overlay> mount(Path lower, Path directory, RunDirectory run) throws IOException {
        Path layers = directory.resolveSibling(directory.getFileName() + "-layers");
        Path upper = layers.resolve("upper");
        Path work = layers.resolve("work");
        Optional<Path> mount = Subprocess.which("mount");
        if (mount.isEmpty() || NOT_IN_OPTIONS.matcher(lower + "" + layers).find()) {
            return Optional.empty();
        }
        Files.createDirectory(
                layers, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        run.createPrivate(upper);
        Files.createDirectory(work);
        String options = "nosuid,nodev,metacopy=on,redirect_dir=on,lowerdir=" + lower + ",upperdir=" + upper
                + ",workdir=" + work;
        Overlay overlay = new Overlay(directory.toRealPath(), layers);
        if (Subprocess.run(List.of(
                        mount.get().toString(), "-t", "overlay", "-o", options, "pitrproof", directory.toString()))
                .succeeded()) {
            return Optional.of(overlay);
        }
        RunDirectory.remove(layers);
        return Optional.empty();
    }

    /** Leaves the directory empty, and removes what was changed. The server on it is stopped already. */
    @Override
    public void close() throws IOException {
        // with the sandbox, which may have been closed before, everything is gone
        if (!closed && Files.exists(layers)) {
            MountPoints.detach(directory);
            RunDirectory.remove(layers);
        }
        closed = true;
    }
}
