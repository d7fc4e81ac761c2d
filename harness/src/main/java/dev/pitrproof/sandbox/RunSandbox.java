package dev.pitrproof.sandbox;

import dev.pitrproof.replication.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What all kinds of sandbox have in common: the run's directory with what is in it, and that nothing stays of it.
 *
 * <p>Below {@link #directory()} each cluster has a directory {@code cN}: its three configuration files, {@code run/} with
 * the socket, and {@code data/} if it was made here. As root, servers run as another user (see {@link ServerUser}), who
 * owns {@code run/} and the data directories only.
 */
abstract class RunSandbox implements Sandbox {

    final ServerUser user;
    private final RunDirectory run;
    private final Keeper keeper;
    private final Thread hook;
    private final AtomicInteger clustersMade = new AtomicInteger();
    private volatile boolean closing;
    private volatile boolean kept;
    private boolean closed;

    RunSandbox(ServerUser user, RunDirectory run, Keeper keeper) {
        this.user = user;
        this.run = run;
        this.keeper = keeper;
        this.hook = new Thread(this::closeAtExit, "sandbox-" + run.path().getFileName());
    }

    /**
     * A server to start.
     *
     * @param directory the cluster's own, with its configuration and {@code run/}
     * @param data its data directory, without links
     * @param configuration its {@code postgresql.conf}
     * @param password of the superuser; null where nobody is asked for one
     * @param purpose a word or two for messages
     * @param files what else it has to reach
     * @param isSource whether it is one, which may write to all of the run's directory
     */
    record Server(
            Path directory,
            Path data,
            Path configuration,
            @Nullable String password,
            String purpose,
            FileAccess files,
            boolean isSource) {

        /** Where its socket is. */
        Path sockets() {
            return directory.resolve("run");
        }
    }

    /** The program that makes data directories. */
    abstract String initdbProgram();

    /** Runs it to its end as the servers' user, for the cluster in {@code directory}. */
    abstract Subprocess.Result initdb(Path directory, List<String> command) throws IOException;

    /** Starts a server, and returns when it runs. */
    abstract Cluster launch(Server server) throws IOException;

    /** Whether a server that noted {@code processId} in its {@code postmaster.pid} still holds that data directory. */
    abstract boolean isServed(Path data, String processId);

    /** Makes a data directory on this machine what the last server left, where servers have copies. */
    void bringBack(Path data) throws IOException {
        // they have the directory itself
    }

    /** Whether servers have to listen on a loopback of their own, too. */
    boolean listensOnLoopback() {
        return false;
    }

    /** Stops all that this sandbox started, for good. */
    abstract void stopAll() throws IOException;

    /** Makes sure that the sandbox is closed however this program ends; the last step of opening one. */
    void closeAtExitToo() throws SandboxException {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            close();
            throw SandboxException.environment("this program is ending", "start it again", e);
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
    public void removeDirectory(Path directory) throws IOException {
        if (!run.path().equals(directory.getParent())) {
            throw new IllegalArgumentException(directory + " is not a directory of " + run.path());
        }
        if (!kept) {
            RunDirectory.remove(directory);
        }
    }

    @Override
    public void give(Path path) throws IOException {
        user.ownTree(path);
    }

    @Override
    public boolean canRead(Path file) throws IOException {
        return user.blockedAt(file).isEmpty();
    }

    /** Not where files are kept for somebody to look at: no mount is left behind, and without it only changes are. */
    @Override
    public Optional<Overlay> overlay(Path lower, Path directory) throws IOException {
        // another user than this program's own: this program is root's
        return user.isAnother() && !kept && !closing
                ? Overlay.mount(lower.toRealPath(), directory, run)
                : Optional.empty();
    }

    boolean isKept() {
        return kept;
    }

    boolean isClosing() {
        return closing;
    }

    static SandboxException closedAlready() {
        return SandboxException.environment("the sandbox is closed", "open another one");
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
                new Initdb(initdbProgram(), release().major(), data, settings, passwordFile)
                        .run(command -> initdb(directory, command));
            } finally {
                Files.deleteIfExists(passwordFile);
            }
            Path configuration = configure(directory, settings.parameters(), ServerConfiguration.Access.PASSWORD);
            return launch(new Server(directory, data, configuration, password, "source", settings.files(), true));
        } catch (IOException e) {
            throw abandon(directory, "cannot create a cluster", e);
        }
    }

    @Override
    public Cluster start(Path dataDirectory, Map<String, String> settings, String purpose, FileAccess files)
            throws SandboxException {
        ServerConfiguration.check(settings);
        Path directory = createClusterDirectory();
        try {
            Path data = dataDirectory.toRealPath();
            bringBack(data);
            DataDirectory.prepare(data, release().major(), processId -> isServed(data, processId));
            Map<String, String> parameters = new LinkedHashMap<>();
            // a restored cluster does no harm unless it is asked to
            parameters.put("archive_mode", "off");
            parameters.put("max_logical_replication_workers", "0");
            parameters.putAll(settings);
            Path configuration = configure(directory, parameters, ServerConfiguration.Access.TRUST);
            return launch(new Server(directory, data, configuration, null, purpose, files, false));
        } catch (IOException e) {
            throw abandon(directory, "cannot start the " + purpose + " cluster on " + dataDirectory, e);
        }
    }

    /**
     * A cluster's password in a file beside its socket, as libpq reads it, which no other user may read.
     *
     * @return also where the cluster asks for none: then libpq finds no such file, and needs none
     */
    Path passwordFile(Cluster cluster) throws IOException {
        ConnectionSettings server = cluster.connection();
        Path file = Path.of(server.host()).resolve("passfile");
        if (server.password() != null && !Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, "*:*:*:*:" + server.password() + "\n");
            run.makePrivate(file);
        }
        return file;
    }

    private Path createClusterDirectory() throws SandboxException {
        if (closing) {
            throw closedAlready();
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

    private Path configure(Path directory, Map<String, String> parameters, ServerConfiguration.Access access)
            throws IOException {
        Path configuration =
                ServerConfiguration.write(directory, directory.resolve("run"), parameters, access, listensOnLoopback());
        for (String file : List.of("postgresql.conf", "pg_hba.conf", "pg_ident.conf")) {
            run.makePrivate(directory.resolve(file));
        }
        return configuration;
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
    public synchronized void close() throws SandboxException {
        if (closed) {
            return;
        }
        closing = true;
        closed = true;
        try {
            stopAll();
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
