package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Disposable clusters as plain processes of this machine, from PostgreSQL's local programs.
 *
 * <p>Below {@link #directory()} each cluster has a directory {@code cN}: its three configuration files, {@code
 * server.log}, {@code run/} with the socket and the number of its process, and {@code data/} if it was made here. As
 * root, servers run as another user (see {@link ServerUser}), who owns {@code run/} and the data directories only.
 *
 * <p>There is no TCP port at all, and no network where the system lets a program take it away (Linux). What processes
 * cannot keep away is said by {@link #isolation()}.
 */
public final class ProcessSandbox implements Sandbox {

    private final PostgresBinaries binaries;
    private final ServerUser user;
    private final RunDirectory run;
    private final NetworkNamespace network;
    private final Keeper keeper;
    private final Thread hook;
    private final Queue<ProcessCluster> clusters = new ConcurrentLinkedQueue<>();
    private final Queue<Process> programs = new ConcurrentLinkedQueue<>();
    private final AtomicInteger clustersMade = new AtomicInteger();
    private volatile boolean closing;
    private volatile boolean kept;
    private boolean closed;

    private ProcessSandbox(
            PostgresBinaries binaries, ServerUser user, RunDirectory run, NetworkNamespace network, Keeper keeper) {
        this.binaries = binaries;
        this.user = user;
        this.run = run;
        this.network = network;
        this.keeper = keeper;
        this.hook = new Thread(this::closeAtExit, "sandbox-" + run.path().getFileName());
    }

    /**
     * A new sandbox in the directory that {@code PITRPROOF_TMPDIR} names, else in {@code java.io.tmpdir}; or in {@code /tmp} where that path is too long for a unix socket.
     *
     * @throws SandboxException {@code ENVIRONMENT} if the directory cannot be made, or there is no user to run servers
     */
    public static ProcessSandbox open(PostgresBinaries binaries) throws SandboxException {
        return open(
                binaries,
                RunDirectory.parent(),
                ServerUser.find(
                        Optional.ofNullable(System.getenv(ServerUser.VARIABLE)).filter(name -> !name.isBlank())));
    }

    static ProcessSandbox open(PostgresBinaries binaries, Path temporary, ServerUser user) throws SandboxException {
        checkReadable(binaries, user);
        RunDirectory run = RunDirectory.create(temporary, user);
        ProcessSandbox sandbox;
        try {
            sandbox = new ProcessSandbox(binaries, user, run, NetworkNamespace.find(user), Keeper.start(run.path()));
        } catch (IOException e) {
            try {
                run.remove();
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw SandboxException.environment(
                    "cannot set up " + run.path() + ": " + RunDirectory.reason(e),
                    "free space there, or name another directory by " + RunDirectory.VARIABLE,
                    e);
        }
        try {
            Runtime.getRuntime().addShutdownHook(sandbox.hook);
        } catch (IllegalStateException e) {
            sandbox.close();
            throw SandboxException.environment("this program is ending", "start it again", e);
        }
        return sandbox;
    }

    private static void checkReadable(PostgresBinaries binaries, ServerUser user) throws SandboxException {
        try {
            Optional<Path> blocked = user.blockedAt(binaries.directory().resolve("postgres"));
            if (blocked.isPresent()) {
                throw SandboxException.environment(
                        "PostgreSQL runs as the user \"" + user.name() + "\", who cannot read " + blocked.get()
                                + " on the way to " + binaries.directory(),
                        "keep the programs where that user can read them (--pg-bin, or " + BinariesCache.VARIABLE
                                + " for unpacked ones), or name another user by " + ServerUser.VARIABLE);
            }
        } catch (SandboxException e) {
            throw e;
        } catch (IOException e) {
            throw SandboxException.environment(
                    "cannot read " + binaries.directory() + ": " + RunDirectory.reason(e),
                    "name the directory of PostgreSQL's programs by --pg-bin",
                    e);
        }
    }

    /**
     * Leaves the run's directory behind when the sandbox is closed, for whoever wants to look at it. The servers are
     * stopped all the same, and a program that is killed leaves nothing.
     */
    public void keepFiles() {
        kept = true;
    }

    @Override
    public String name() {
        return "process";
    }

    @Override
    public PostgresRelease release() {
        return binaries.release();
    }

    @Override
    public Path directory() {
        return run.path();
    }

    @Override
    public Path createDirectory(String name) throws IOException {
        if (name.isBlank() || name.contains("/") || name.startsWith(".")) {
            throw new IllegalArgumentException("\"" + name + "\" is not a plain file name");
        }
        return run.createPrivate(run.path().resolve(name));
    }

    @Override
    public void give(Path path) throws IOException {
        user.ownTree(path);
    }

    @Override
    public Cluster createSource(SourceSettings settings) throws SandboxException {
        Path directory = createClusterDirectory();
        try {
            Path data = run.createPrivate(directory.resolve("data"));
            String password = RunDirectory.letters(26);
            Path passwordFile = Files.writeString(directory.resolve("run").resolve("password"), password);
            run.makePrivate(passwordFile);
            try {
                new Initdb(binaries, data, settings, passwordFile).run(command -> initdb(directory, command));
            } finally {
                Files.deleteIfExists(passwordFile);
            }
            return launch(
                    directory, data, settings.parameters(), ServerConfiguration.Access.PASSWORD, password, "source");
        } catch (IOException e) {
            throw abandon(directory, "cannot create a cluster", e);
        }
    }

    private Subprocess.Result initdb(Path directory, List<String> command) throws IOException {
        Process process =
                Subprocess.clean(asServer(directory, "initdb.pid", command)).start();
        programs.add(process);
        try {
            if (closing) {
                process.destroy();
            }
            return Subprocess.finish(process);
        } finally {
            programs.remove(process);
        }
    }

    /**
     * A command line that runs as the servers' user, in its own session and without a network, and notes its process
     * for the keeper.
     */
    private List<String> asServer(Path directory, String pidFile, List<String> command) {
        List<String> all = new ArrayList<>(Keeper.ownSession());
        all.addAll(network.prefix());
        all.addAll(user.command(List.of("sh", "-c", "echo $$ > \"$0\" && exec \"$@\"")));
        all.add(directory.resolve("run").resolve(pidFile).toString());
        all.addAll(command);
        return all;
    }

    @Override
    public Cluster start(Path dataDirectory, Map<String, String> settings, String purpose) throws SandboxException {
        ServerConfiguration.check(settings);
        Path directory = createClusterDirectory();
        try {
            Path data = dataDirectory.toRealPath();
            DataDirectory.prepare(data, release().major());
            Map<String, String> parameters = new LinkedHashMap<>();
            // a restored cluster does no harm unless it is asked to
            parameters.put("archive_mode", "off");
            parameters.put("max_logical_replication_workers", "0");
            parameters.putAll(settings);
            return launch(directory, data, parameters, ServerConfiguration.Access.TRUST, null, purpose);
        } catch (IOException e) {
            throw abandon(directory, "cannot start the " + purpose + " cluster on " + dataDirectory, e);
        }
    }

    private Path createClusterDirectory() throws SandboxException {
        if (closing) {
            throw SandboxException.environment("the sandbox is closed", "open another one");
        }
        String name = "c" + clustersMade.incrementAndGet();
        try {
            Path directory = run.createPassage(name);
            run.createPrivate(directory.resolve("run"));
            return directory;
        } catch (IOException e) {
            throw abandon(run.path().resolve(name), "cannot set up a cluster", e);
        }
    }

    private Cluster launch(
            Path directory,
            Path data,
            Map<String, String> parameters,
            ServerConfiguration.Access access,
            @Nullable String password,
            String purpose)
            throws IOException {
        Path sockets = directory.resolve("run");
        Path configuration = ServerConfiguration.write(directory, sockets, parameters, access);
        for (String file : List.of("postgresql.conf", "pg_hba.conf", "pg_ident.conf")) {
            run.makePrivate(directory.resolve(file));
        }
        List<String> command = asServer(
                directory,
                "server.pid",
                List.of(
                        binaries.directory().resolve("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-c",
                        "config_file=" + configuration));
        Path log = directory.resolve("server.log");
        Process process = Subprocess.clean(command).redirectOutput(log.toFile()).start();
        ProcessCluster cluster = new ProcessCluster(process, user, data, sockets, log, password, purpose);
        clusters.add(cluster);
        if (closing) {
            cluster.close();
            throw SandboxException.environment("the sandbox is closed", "open another one");
        }
        return cluster;
    }

    /** Removes what was made of a cluster, and says why there is none. */
    private static SandboxException abandon(Path directory, String what, IOException failure) {
        try {
            RunDirectory.remove(directory);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        if (failure instanceof SandboxException known) {
            return known;
        }
        String reason = RunDirectory.reason(failure);
        return SandboxException.environment(
                what + ": " + reason,
                Subprocess.saysDiskFull(reason)
                        ? ProcessCluster.DISK_FULL_HINT
                        : "check that the path exists and that this user may write there",
                failure);
    }

    @Override
    public List<IsolationFact> isolation() {
        return List.of(
                new IsolationFact("network", network.isEnforced() ? "enforced" : "not-enforced"),
                new IsolationFact("archive", "not-enforced"),
                new IsolationFact("workers", "configured"));
    }

    @Override
    public synchronized void close() throws SandboxException {
        if (closed) {
            return;
        }
        closing = true;
        closed = true;
        try {
            programs.forEach(Process::destroyForcibly);
            for (ProcessCluster cluster : clusters) {
                cluster.signalImmediate();
            }
            for (ProcessCluster cluster : clusters) {
                cluster.close();
            }
            if (!kept) {
                run.remove();
            }
            keeper.dismiss();
        } catch (IOException e) {
            throw leaveToKeeper(e);
        } finally {
            forgetHook();
        }
    }

    /** What could not be removed now the keeper tries again, with more patience. */
    private SandboxException leaveToKeeper(IOException failure) {
        try {
            keeper.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure instanceof SandboxException known
                ? known
                : SandboxException.environment(
                        "cannot remove " + run.path() + ": " + RunDirectory.reason(failure),
                        Files.exists(run.path(), LinkOption.NOFOLLOW_LINKS)
                                ? "remove it by hand: rm -rf " + run.path()
                                : "it was removed at the second attempt",
                        failure);
    }

    private void forgetHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // this is the hook
        }
    }

    private void closeAtExit() {
        try {
            close();
        } catch (SandboxException e) {
            // a drill that was interrupted may have gone on writing for a moment: then the keeper removed the rest
            if (Files.exists(run.path(), LinkOption.NOFOLLOW_LINKS)) {
                // the program is ending, and no log may be open any more
                System.err.println("pitrproof: error: " + e.getMessage());
            }
        }
    }
}
