package dev.pitrproof.drill;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The archive that a story has filled: a directory of the sandbox, unless it was taken elsewhere. */
final class StoryArchive implements WalOpener, AutoCloseable {

    private final Path directory;
    private final ArchiveHome.@Nullable Taken taken;
    private final @Nullable WalArchive near;

    private StoryArchive(Path directory, ArchiveHome.@Nullable Taken taken, @Nullable WalArchive near) {
        this.directory = directory;
        this.taken = taken;
        this.near = near;
    }

    /** @param home where it goes; then its directory is empty, so that nobody reads there what is elsewhere */
    static StoryArchive of(Path directory, Optional<ArchiveHome> home, String story, Sandbox sandbox)
            throws IOException {
        if (home.isEmpty()) {
            return new StoryArchive(directory, null, null);
        }
        ArchiveHome.Taken taken = home.get().take(directory, story);
        try {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            WalArchive near = WalArchive.openNear(taken.store(), () -> sandbox.createDirectory("fetched-wal"));
            return new StoryArchive(directory, taken, near);
        } catch (IOException | RuntimeException e) {
            taken.close();
            throw e;
        }
    }

    @Override
    public WalArchive open() throws IOException {
        return near == null ? DirectoryArchive.open(directory) : near.forAnotherThread();
    }

    /** @throws SandboxException if it was taken elsewhere */
    @Override
    public Path directory() throws SandboxException {
        if (taken != null) {
            throw new SandboxException(
                    SandboxException.Kind.ENVIRONMENT,
                    "a clone that archives as its backup says needs the archive itself, and that is in a bucket",
                    "run this scenario without --archive",
                    null);
        }
        return directory;
    }

    @Override
    public void close() throws IOException {
        if (near != null) {
            near.close();
        }
        if (taken != null) {
            taken.close();
        }
    }
}
