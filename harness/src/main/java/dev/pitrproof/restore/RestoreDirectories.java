package dev.pitrproof.restore;

import dev.pitrproof.sandbox.Sandbox;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directories that one restore has in its sandbox: the data directory, those of its tablespaces, one for what its
 * server asks the archive with, and where there is need, one that its WAL is staged in.
 *
 * <p>Closing it takes overlays away; the directories go with the sandbox.
 *
 * @param home holds what the server is helped with
 * @param data the data directory, in which the backup's files are
 */
record RestoreDirectories(Sandbox sandbox, String name, Path home, Path data, DataDirectoryCopy copy)
        implements Closeable {

    /** {@link DataDirectoryCopy#make} or {@link DataDirectoryCopy#makeWhole}. */
    private interface Copying {
        DataDirectoryCopy copy(
                Path from,
                Path data,
                DataDirectoryCopy.TablespaceDirectories tablespaces,
                DataDirectoryCopy.Overlays overlays)
                throws IOException;
    }

    /**
     * With a backup that asks for recovery.
     *
     * @param name fit for a directory; no other restore of the sandbox has it
     */
    static RestoreDirectories toRecover(Sandbox sandbox, Path backup, String name) throws IOException {
        return make(sandbox, backup, name, DataDirectoryCopy::make);
    }

    /** With all of a data directory that was recovered before. */
    static RestoreDirectories toReopen(Sandbox sandbox, Path restored, String name) throws IOException {
        return make(sandbox, restored, name, DataDirectoryCopy::makeWhole);
    }

    private static RestoreDirectories make(Sandbox sandbox, Path from, String name, Copying copying)
            throws IOException {
        Path home = sandbox.createDirectory(name);
        Path data = sandbox.createDirectory(name + "-data");
        DataDirectoryCopy copy =
                copying.copy(from, data, oid -> sandbox.createDirectory(name + "-tablespace-" + oid), sandbox::overlay);
        return new RestoreDirectories(sandbox, name, home, data, copy);
    }

    /** Gives the backup's files to the user whose server is to start on them. */
    void give() throws IOException {
        for (Path directory : copy.directories()) {
            sandbox.give(directory);
        }
    }

    /** Besides the data directory, which every server writes to. */
    List<Path> writable() {
        return Stream.concat(Stream.of(home), copy.directories().stream())
                .filter(directory -> !directory.equals(data))
                .toList();
    }

    /**
     * Where the server gets its WAL: the archive itself, or if what the plan names is compressed or partial there, in a
     * bucket, closed to the servers' user or to be copied anyway, a directory that holds it as the server wants it.
     */
    Path archive(RestorePlan plan) throws IOException {
        Optional<Path> directory = plan.archive().store().directory();
        if (!sandbox.copiesFiles()
                && directory.isPresent()
                && plan.archive().holdsPlain(plan.files())
                && isOpen(directory.get(), plan.files())) {
            return directory.get();
        }
        Path staged = sandbox.createDirectory(name + "-staged");
        plan.archive().stage(plan.files(), staged);
        sandbox.give(staged);
        return staged;
    }

    /** As root, a server runs as somebody else, to whom the archive of a third one may be closed. */
    private boolean isOpen(Path directory, List<String> files) throws IOException {
        for (String file : files) {
            if (!sandbox.canRead(directory.resolve(file))) {
                return false;
            }
        }
        return true;
    }

    /** Closes it for a failure, which is what counts. */
    void closeAfter(Exception failure) {
        copy.closeAfter(failure);
    }

    @Override
    public void close() throws IOException {
        copy.close();
    }
}
