package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Disposable clusters as plain processes of this machine, from PostgreSQL's local programs.
 *
 * <p>Beside a cluster's configuration is its {@code server.log}, and in {@code run/} the number of its process.
 *
 * <p>There is no TCP port at all, and no network where the system lets a program take it away (Linux). What processes
 * cannot keep away is said by {@link #isolation()}.
 */
public final class ProcessSandbox extends RunSandbox {

    private final PostgresBinaries binaries;
    private final NetworkNamespace network;
    private final Queue<ProcessCluster> clusters = new ConcurrentLinkedQueue<>();
    private final Queue<Process> programs = new ConcurrentLinkedQueue<>();

    private ProcessSandbox(
            PostgresBinaries binaries, ServerUser user, RunDirectory run, NetworkNamespace network, Keeper keeper) {
        super(user, run, keeper);
        this.binaries = binaries;
        this.network = network;
    }

    /**
     * A new sandbox in the directory that {@code PITRPROOF_TMPDIR} names, else in {@code java.io.tmpdir}; or in {@code /tmp} where that path is too long for a unix socket.
     *
     * @throws SandboxException {@code ENVIRONMENT} if the directory cannot be made, or there is no user to run servers
     */
    public static ProcessSandbox open(PostgresBinaries binaries) throws SandboxException {
        return open(
                binaries,
                TemporaryFiles.parent(),
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
                    "free space there, or name another directory by " + TemporaryFiles.VARIABLE,
                    e);
        }
        sandbox.closeAtExitToo();
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

    @Override
    public String name() {
        return "process";
    }

    @Override
    public PostgresRelease release() {
        return binaries.release();
    }

    @Override
    String initdbProgram() {
        return binaries.directory().resolve("initdb").toString();
    }

    @Override
    Subprocess.Result initdb(Path directory, List<String> command) throws IOException {
        return runAsServer(directory, "initdb.pid", command);
    }

    private Subprocess.Result runAsServer(Path directory, String pidFile, List<String> command) throws IOException {
        Process process =
                Subprocess.clean(asServer(directory, pidFile, command)).start();
        programs.add(process);
        try {
            if (isClosing()) {
                process.destroy();
            }
            return Subprocess.finish(process);
        } finally {
            programs.remove(process);
        }
    }

    @Override
    public ClientPrograms clientPrograms() throws IOException {
        LocalClientPrograms found = LocalClientPrograms.find(binaries)
                .orElseThrow(
                        () -> LocalClientPrograms.missing(binaries.release().major()));
        return new ClientPrograms() {
            @Override
            public String version() {
                return found.version();
            }

            @Override
            public String where() {
                return found.directory().toString();
            }

            @Override
            public Result run(String program, List<String> arguments, Cluster cluster, Path directory)
                    throws IOException {
                Path sockets = Path.of(cluster.connection().host());
                Subprocess.Result result = runAsServer(
                        Objects.requireNonNull(sockets.getParent()),
                        program + ".pid",
                        ClientPrograms.command(
                                found.directory().resolve(program).toString(),
                                cluster.connection(),
                                passwordFile(cluster),
                                arguments));
                return new Result(result.exitCode(), result.output());
            }
        };
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
    Cluster launch(Server server) throws IOException {
        List<String> command = asServer(
                server.directory(),
                "server.pid",
                List.of(
                        binaries.directory().resolve("postgres").toString(),
                        "-D",
                        server.data().toString(),
                        "-c",
                        "config_file=" + server.configuration()));
        Path log = server.directory().resolve("server.log");
        Process process = Subprocess.clean(command).redirectOutput(log.toFile()).start();
        ProcessCluster cluster = new ProcessCluster(
                process, user, server.data(), server.sockets(), log, server.password(), server.purpose());
        clusters.add(cluster);
        if (isClosing()) {
            cluster.close();
            throw closedAlready();
        }
        return cluster;
    }

    @Override
    boolean isServed(Path data, String processId) {
        return DataDirectory.isAlive(processId);
    }

    @Override
    public List<IsolationFact> isolation() {
        return List.of(
                new IsolationFact("network", network.isEnforced() ? "enforced" : "not-enforced"),
                new IsolationFact("archive", "not-enforced"),
                new IsolationFact("workers", "configured"));
    }

    @Override
    void stopAll() throws SandboxException {
        programs.forEach(Process::destroyForcibly);
        for (ProcessCluster cluster : clusters) {
            cluster.signalImmediate();
        }
        for (ProcessCluster cluster : clusters) {
            cluster.close();
        }
    }
}
