package dev.pitrproof.sandbox;

import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Mount;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * The directories of a run, for an engine that does not see them: each is a volume of the engine's, mounted under the
 * directory's own path, filled before the container starts, and fetched back when somebody wants to look.
 *
 * <p>A volume for each directory, because they differ in who may write to them. Files go through containers that are
 * made and never started, as the engine gives access to volumes in no other way.
 *
 * @param owner number and group of whom the files belong to in containers
 * @param user who gets what is fetched
 * @param made the newest volume of each directory
 * @param counter of volumes
 */
record ContainerVolumes(
        ContainerClient client,
        EngineAddress engine,
        ContainerImage image,
        String owner,
        ServerUser user,
        Map<Path, String> made,
        AtomicInteger counter) {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PIPE_BYTES = 1 << 16;
    private static final int ATTEMPTS = 3;
    private static final String NOBODY = "65534:65534";
    private static final JsonMapper JSON = new JsonMapper();

    static ContainerVolumes of(ContainerClient client, EngineAddress engine, ContainerImage image, ServerUser user) {
        return new ContainerVolumes(
                client, engine, image, NOBODY, user, new ConcurrentHashMap<>(), new AtomicInteger());
    }

    ContainerVolumes ownedBy(String other) {
        return new ContainerVolumes(client, engine, image, other, user, made, counter);
    }

    /**
     * What to mount so that a container finds directories as they are here and now.
     *
     * @param directories and whether they can be written to
     * @param kept directories whose volume has been made before and stays as the last container left it
     */
    Map<Path, PostgresContainer.Mounted> fill(Map<Path, Boolean> directories, Collection<Path> kept)
            throws IOException {
        Map<Path, PostgresContainer.Mounted> mounts = new LinkedHashMap<>();
        Map<Path, PostgresContainer.Mounted> fresh = new LinkedHashMap<>();
        for (Map.Entry<Path, Boolean> directory : directories.entrySet()) {
            Path path = directory.getKey();
            String volume = kept.contains(path) ? made.get(path.toRealPath()) : null;
            if (volume == null) {
                if (!Files.isDirectory(path)) {
                    throw SandboxException.environment(
                            "cannot copy " + path + " to the container engine: expected a directory",
                            "use --sandbox=process");
                }
                volume = client.createVolume(counter.incrementAndGet());
                fresh.put(path, PostgresContainer.Mounted.volume(volume, true));
            }
            mounts.put(path, PostgresContainer.Mounted.volume(volume, directory.getValue()));
        }
        if (!fresh.isEmpty()) {
            inCourier(fresh, courier -> push(courier, fresh.keySet(), directories.keySet()));
            for (Map.Entry<Path, PostgresContainer.Mounted> filled : fresh.entrySet()) {
                made.put(filled.getKey().toRealPath(), filled.getValue().source());
            }
        }
        return mounts;
    }

    /** Makes a directory here what it is in its volume, if it has one. */
    void bringBack(Path directory) throws IOException {
        String volume = made.get(directory);
        if (volume == null) {
            return;
        }
        inCourier(
                Map.of(directory, PostgresContainer.Mounted.volume(volume, true)),
                courier -> fetchAnew(courier, directory));
    }

    /** Fetches a directory, and removes what is only here. */
    void fetchAnew(String container, Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                RunDirectory.remove(file);
            }
        }
        fetch(container, directory);
    }

    private interface Work {
        void with(String container) throws IOException;
    }

    private void inCourier(Map<Path, PostgresContainer.Mounted> mounts, Work work) throws IOException {
        List<Mount> all = new ArrayList<>();
        mounts.forEach((path, mounted) -> all.add(mounted.at(path)));
        String courier = client.asked("cannot make a container that takes files", docker -> docker.createContainerCmd(
                        image.id())
                .withEntrypoint("sh")
                .withLabels(client.labels())
                .withHostConfig(
                        HostConfig.newHostConfig().withNetworkMode("none").withMounts(all))
                .exec()
                .getId());
        try {
            work.with(courier);
        } finally {
            client.asked("cannot remove a container", docker -> {
                PostgresContainer.remove(docker, courier);
                return courier;
            });
        }
    }

    private void push(String container, Collection<Path> directories, Collection<Path> mountPoints) throws IOException {
        try (PipedInputStream from = new PipedInputStream(PIPE_BYTES)) {
            PipedOutputStream to = new PipedOutputStream(from);
            CompletableFuture<Void> packing = CompletableFuture.runAsync(
                    () -> {
                        try (to) {
                            TarFiles.pack(directories, mountPoints, owner, to);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    task -> new Thread(task, "copy-to-engine").start());
            try {
                client.asked("cannot copy files to the container engine", docker -> docker.copyArchiveToContainerCmd(
                                container)
                        .withTarInputStream(from)
                        .withRemotePath("/")
                        .exec());
            } catch (SandboxException e) {
                if (packing.isCompletedExceptionally()) {
                    // the reason for whatever the engine said of half an archive
                    finish(packing);
                }
                throw e;
            }
            finish(packing);
        }
    }

    private static void finish(CompletableFuture<Void> packing) throws IOException {
        try {
            packing.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof UncheckedIOException failure ? failure.getCause() : new IOException(e);
        }
    }

    /**
     * Fetches a file, or a directory with all that is in it, from a container; does nothing if it is not there. What is
     * only here stays.
     */
    void fetch(String container, Path path) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try (InputStream archive = open(container, path)) {
                TarFiles.unpack(archive, path, user);
                return;
            } catch (SandboxException e) {
                throw e;
            } catch (IOException e) {
                // a file that vanishes while the engine reads it leaves the archive broken
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private InputStream open(String container, Path path) throws SandboxException {
        return client.asked("cannot fetch files from the container engine", docker -> {
            try {
                return docker.copyArchiveFromContainerCmd(container, path.toString())
                        .exec();
            } catch (NotFoundException e) {
                return InputStream.nullInputStream();
            }
        });
    }

    /** Starts another program in a running container, connected to us. */
    Socket connect(String container, String... command) throws IOException {
        String id = client.asked("cannot start a program in a container", docker -> docker.execCreateCmd(container)
                .withAttachStdin(true)
                .withAttachStdout(true)
                .withCmd(command)
                .exec()
                .getId());
        return engine.upgrade(
                "/exec/" + id + "/start", JSON.writeValueAsString(Map.of("Detach", false, "Tty", false)), PATIENCE);
    }
}
