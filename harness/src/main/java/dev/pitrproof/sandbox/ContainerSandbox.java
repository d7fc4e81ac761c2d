package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Disposable clusters in containers, one container each.
 *
 * <p>The run's directory is mounted under its own path, so a path means the same here and in a container. A source may
 * write to all of it; a restored cluster only to its data directory and to what {@link FileAccess} names, and it can
 * read the rest and the archive. There is no network: SQL goes over the unix socket in {@code cN/run}, where the
 * {@code server.log} is too.
 *
 * <p>An engine that does not see this machine's directories, as one on another machine, gets copies of those that a
 * server needs ({@link ContainerVolumes}), and of what it writes only what is {@linkplain Cluster#fetch fetched} comes
 * back. SQL and the log come through the engine, so there is no network then either.
 */
public final class ContainerSandbox extends RunSandbox {

    private final ContainerPrograms programs;
    private final ContainerClient client;
    private final PostgresRelease release;
    private final boolean mountsReachContainers;
    private final Queue<ContainerCluster> clusters = new ConcurrentLinkedQueue<>();
    // held for reading while a container is made: whoever closes must not miss it
    private final ReadWriteLock starting = new ReentrantReadWriteLock();

    private ContainerSandbox(
            ContainerPrograms programs, PostgresRelease release, boolean mountsReachContainers, Keeper keeper) {
        super(programs.user(), programs.run(), keeper);
        this.programs = programs;
        this.client = programs.client();
        this.release = release;
        this.mountsReachContainers = mountsReachContainers;
    }

    /**
     * A new sandbox, after a look for containers that have expired.
     *
     * @throws SandboxException {@code ENVIRONMENT} if no engine answers, the image is not on this machine, or it is none
     *     of that PostgreSQL
     */
    public static ContainerSandbox open(int major, ContainerOptions options) throws SandboxException {
        return open(ContainerEngine.find(), major, options);
    }

    static ContainerSandbox open(ContainerEngine engine, int major, ContainerOptions options) throws SandboxException {
        ContainerImage image = engine.image(major, options.image());
        ServerUser user = ServerUser.find(
                Optional.ofNullable(System.getenv(ServerUser.VARIABLE)).filter(name -> !name.isBlank()));
        RunDirectory run = RunDirectory.create(TemporaryFiles.parent(), user);
        Keeper keeper = null;
        try {
            keeper = Keeper.start(run.path(), engine.address());
            String name = String.valueOf(run.path().getFileName());
            ContainerClient client = ContainerClient.connect(engine, name, options.lifetime());
            client.sweep(Instant.now());
            boolean shared = engine.address().socket() != null && client.sees(run.path(), image);
            ContainerPrograms programs = new ContainerPrograms(
                    client,
                    image,
                    major,
                    user,
                    shared ? userMapping(engine) : null,
                    run,
                    shared ? null : ContainerVolumes.of(client, engine.address(), image, user));
            programs.prepare();
            ContainerPrograms.Known known = programs.known(BinariesCache.standard());
            ContainerSandbox sandbox = new ContainerSandbox(
                    programs.ownedBy(known.owner()), known.release(), shared && engine.sharesMounts(), keeper);
            sandbox.closeAtExitToo();
            return sandbox;
        } catch (IOException e) {
            throw giveUp(run, keeper, e);
        }
    }

    private static SandboxException giveUp(RunDirectory run, @Nullable Keeper keeper, IOException failure) {
        try {
            if (keeper == null) {
                run.remove();
            } else {
                keeper.close();
            }
        } catch (IOException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
        return failure instanceof SandboxException known
                ? known
                : SandboxException.environment(
                        "cannot set up " + run.path() + ": " + RunDirectory.reason(failure),
                        "free space there, or name another directory by " + TemporaryFiles.VARIABLE,
                        failure);
    }

    /** What makes a number mean the same user in a container as on this machine. */
    private static @Nullable String userMapping(ContainerEngine engine) throws SandboxException {
        Set<String> mapping = engine.userMapping();
        if (mapping.contains("rootless")) {
            if (engine.isPodman()) {
                return "keep-id";
            }
            throw SandboxException.environment(
                    engine.name() + " runs rootless, and would give the servers' files to another user",
                    "use podman or a Docker that runs as root, or use --sandbox=process");
        }
        return mapping.contains("userns") ? "host" : null;
    }

    @Override
    public String name() {
        return "container";
    }

    @Override
    public PostgresRelease release() {
        return release;
    }

    @Override
    String initdbProgram() {
        return "initdb";
    }

    @Override
    Subprocess.Result initdb(Path directory, List<String> command) throws IOException {
        Path run = directory.resolve("run");
        Path log = run.resolve("initdb-" + RunDirectory.letters(4) + ".log");
        return guarded(() -> programs.run(log, command, Map.of(run, true, directory.resolve("data"), true)));
    }

    @Override
    Cluster launch(Server server) throws IOException {
        Path log = server.sockets().resolve("server.log");
        List<String> command =
                List.of("postgres", "-D", server.data().toString(), "-c", "config_file=" + server.configuration());
        // initdb has filled it already
        Set<Path> kept = server.isSource() ? Set.of(server.data()) : Set.of();
        return guarded(() -> {
            ContainerRun container = programs.start(log, command, mounts(server), kept);
            ContainerCluster cluster = new ContainerCluster(container, server, log, link(container, server));
            clusters.add(cluster);
            return cluster;
        });
    }

    @Override
    public ClientPrograms clientPrograms() throws IOException {
        if (copiesFiles()) {
            throw new SandboxException(
                    SandboxException.Kind.CANNOT_JUDGE,
                    "pg_dump does not reach a server whose engine does not see this machine's directories",
                    "use an engine on this machine, or --sandbox=process",
                    null);
        }
        return new ImageClientPrograms(createDirectory("clients-" + RunDirectory.letters(4)));
    }

    /** Those in the image, each run in a container of its own that gets to the server's socket and to one directory. */
    private final class ImageClientPrograms implements ClientPrograms {

        private final Path logs;
        private final String version;

        ImageClientPrograms(Path logs) throws IOException {
            this.logs = logs;
            Subprocess.Result said =
                    guarded(() -> programs.run(log(), List.of(NEEDED.get(0), "--version"), Map.of(logs, true)));
            if (!said.succeeded()) {
                throw new SandboxException(
                        SandboxException.Kind.CANNOT_JUDGE,
                        "there is no pg_dump in " + release.image() + ": " + said.lastLine(),
                        "name an image that has it by --image, as the official ones do",
                        null);
            }
            this.version = said.lastLine();
        }

        private Path log() {
            return logs.resolve("client-" + RunDirectory.letters(8) + ".log");
        }

        @Override
        public String version() {
            return version;
        }

        @Override
        public String where() {
            return "image " + release.image();
        }

        @Override
        public Result run(String program, List<String> arguments, Cluster cluster, Path directory) throws IOException {
            List<String> command =
                    ClientPrograms.command(program, cluster.connection(), passwordFile(cluster), arguments);
            Path sockets = Path.of(cluster.connection().host());
            Subprocess.Result result =
                    guarded(() -> programs.run(log(), command, Map.of(logs, true, sockets, true, directory, true)));
            return new Result(result.exitCode(), result.output());
        }
    }

    private @Nullable RemoteLink link(ContainerRun container, Server server) throws IOException {
        ContainerVolumes volumes = programs.volumes();
        return volumes == null ? null : RemoteLink.open(volumes, container.id(), server.sockets(), this::isKept);
    }

    private Map<Path, Boolean> mounts(Server server) throws IOException {
        Map<Path, Boolean> mounts = new LinkedHashMap<>();
        mounts.put(server.directory(), false);
        if (copiesFiles()) {
            server.files().readable().forEach(path -> mounts.put(path.toAbsolutePath(), false));
            server.files().writable().forEach(path -> mounts.put(path.toAbsolutePath(), true));
        } else {
            mounts.put(directory(), server.isSource());
            for (Path readable : server.files().readable()) {
                // the run's directory is there already, with other rights for some of what is in it
                if (!readable.toRealPath().startsWith(directory())) {
                    mounts.put(readable.toRealPath(), false);
                }
            }
            for (Path writable : server.files().writable()) {
                mounts.put(writable.toRealPath(), true);
            }
        }
        mounts.put(server.sockets(), true);
        mounts.put(server.data(), true);
        return mounts;
    }

    @Override
    void bringBack(Path data) throws IOException {
        ContainerVolumes volumes = programs.volumes();
        if (volumes != null) {
            volumes.bringBack(data);
        }
    }

    @Override
    boolean listensOnLoopback() {
        return copiesFiles();
    }

    @Override
    public boolean copiesFiles() {
        return programs.volumes() != null;
    }

    private interface Making<T> {
        T make() throws IOException;
    }

    private <T> T guarded(Making<T> making) throws IOException {
        starting.readLock().lock();
        try {
            if (isClosing()) {
                throw closedAlready();
            }
            return making.make();
        } finally {
            starting.readLock().unlock();
        }
    }

    @Override
    boolean isServed(Path data, String processId) {
        return clusters.stream().anyMatch(cluster -> cluster.serves(data));
    }

    @Override
    public Optional<Overlay> overlay(Path lower, Path directory) throws IOException {
        return mountsReachContainers ? super.overlay(lower, directory) : Optional.empty();
    }

    @Override
    public List<IsolationFact> isolation() {
        List<IsolationFact> facts = new ArrayList<>();
        facts.add(new IsolationFact("network", "enforced"));
        facts.add(new IsolationFact("archive", "enforced"));
        facts.add(new IsolationFact("workers", "configured"));
        return List.copyOf(facts);
    }

    @Override
    void stopAll() throws SandboxException {
        clusters.forEach(ContainerCluster::unlink);
        // first those that somebody waits for, an initdb; then what was just being made
        client.removeAll();
        starting.writeLock().lock();
        try {
            client.removeAll();
        } finally {
            starting.writeLock().unlock();
        }
    }
}
