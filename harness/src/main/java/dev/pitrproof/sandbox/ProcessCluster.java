package dev.pitrproof.sandbox;

import dev.pitrproof.replication.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** A server that is a process of this machine. */
final class ProcessCluster implements Cluster {

    static final String DISK_FULL_HINT =
            "free space for the temporary files, or name another directory by " + TemporaryFiles.VARIABLE;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE_IMMEDIATE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(5);

    private final Process process;
    private final ServerUser user;
    private final Path dataDirectory;
    private final Path runDirectory;
    private final ServerLog log;
    private final @Nullable String password;
    private final String purpose;
    private final List<String> abandonedSharedMemory = new CopyOnWriteArrayList<>();

    ProcessCluster(
            Process process,
            ServerUser user,
            Path dataDirectory,
            Path runDirectory,
            Path logFile,
            @Nullable String password,
            String purpose) {
        this.process = process;
        this.user = user;
        this.dataDirectory = dataDirectory;
        this.runDirectory = runDirectory;
        this.log = new ServerLog(logFile);
        this.password = password;
        this.purpose = purpose;
    }

    @Override
    public Path dataDirectory() {
        return dataDirectory;
    }

    @Override
    public Path logFile() {
        return log.file();
    }

    @Override
    public ConnectionSettings connection() {
        return settings("postgres", password);
    }

    @Override
    public ConnectionSettings connectionAs(String role) {
        return settings(role, role.equals("postgres") ? password : null);
    }

    private ConnectionSettings settings(String role, @Nullable String rolePassword) {
        return new ConnectionSettings(
                runDirectory.toString(), ServerConfiguration.PORT, "postgres", role, rolePassword, Map.of());
    }

    @Override
    public long processId() {
        if (user.keepsProcessId()) {
            return process.pid();
        }
        try {
            return Long.parseLong(
                    Files.readString(runDirectory.resolve("server.pid")).trim());
        } catch (IOException | NumberFormatException e) {
            // not written yet: then the wrapper is all there is
            return process.pid();
        }
    }

    @Override
    public void awaitReady(Duration atMost) throws SandboxException {
        try {
            Awaitility.await()
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .atMost(atMost)
                    .until(() -> !process.isAlive() || DataDirectory.isReady(dataDirectory, processId()));
        } catch (ConditionTimeoutException e) {
            throw log.notReady(purpose, atMost, e);
        }
        if (!process.isAlive()) {
            throw log.died(purpose);
        }
    }

    @Override
    public boolean isRunning() {
        return process.isAlive();
    }

    @Override
    public Optional<String> fatalLine() {
        return log.fatalLine();
    }

    @Override
    public void stop(StopMode mode) throws SandboxException {
        if (!process.isAlive()) {
            return;
        }
        switch (mode) {
            case FAST -> {
                signal(mode, List.of(processId()));
                if (!awaitEnd(PATIENCE)) {
                    throw doesNotStop(PATIENCE);
                }
            }
            case IMMEDIATE -> {
                signal(mode, List.of(processId()));
                if (!awaitEnd(PATIENCE_IMMEDIATE)) {
                    kill();
                }
            }
            case KILL -> kill();
        }
    }

    /** Sends the signal and does not wait, so that several servers can end at the same time. */
    void signalImmediate() throws SandboxException {
        if (process.isAlive()) {
            signal(StopMode.IMMEDIATE, List.of(processId()));
        }
    }

    private void kill() throws SandboxException {
        List<ProcessHandle> children = ProcessHandle.of(processId()).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
        try {
            abandonedSharedMemory.addAll(DataDirectory.sharedMemoryIds(dataDirectory));
        } catch (IOException e) {
            throw SandboxException.environment(
                    "cannot read " + dataDirectory + ": " + RunDirectory.reason(e), "check its permissions", e);
        }
        List<Long> all = new ArrayList<>(List.of(processId()));
        children.forEach(child -> all.add(child.pid()));
        signal(StopMode.KILL, all);
        if (!awaitEnd(PATIENCE_IMMEDIATE)) {
            throw doesNotStop(PATIENCE_IMMEDIATE);
        }
        // a backend that still lives would keep the next server from starting on this data directory
        CompletableFuture<?>[] ends =
                children.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(ends).get(PATIENCE_IMMEDIATE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(SandboxException.Kind.TIMEOUT, "interrupted while a server ended", null, e);
        } catch (ExecutionException | TimeoutException e) {
            throw doesNotStop(PATIENCE_IMMEDIATE);
        }
    }

    private SandboxException doesNotStop(Duration patience) {
        return new SandboxException(
                SandboxException.Kind.TIMEOUT,
                "the " + purpose + " cluster (process " + processId() + ") has not stopped after "
                        + patience.toSeconds() + " s; it said last: " + log.lastWords(),
                "see its log, " + log.file(),
                null);
    }

    private boolean awaitEnd(Duration patience) throws SandboxException {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(SandboxException.Kind.TIMEOUT, "interrupted while a server ended", null, e);
        }
    }

    /** Sent by the servers' user, so that a number that is somebody else's by now does no harm. */
    private void signal(StopMode mode, List<Long> processIds) throws SandboxException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -\"$0\" \"$@\"", mode.signal()));
        processIds.forEach(id -> command.add(Long.toString(id)));
        try {
            // the process may have ended just now, so the exit code says nothing
            Subprocess.run(user.command(command));
        } catch (IOException e) {
            throw SandboxException.environment(
                    "cannot send a signal to the " + purpose + " cluster: " + e.getMessage(),
                    "check that this machine can start processes",
                    e);
        }
    }

    @Override
    public void close() throws SandboxException {
        stop(StopMode.IMMEDIATE);
        for (String id : abandonedSharedMemory) {
            try {
                // the next start on the same data directory frees it too; this is for the killed that are not started
                Subprocess.run(user.command(List.of("ipcrm", "-m", id)));
            } catch (IOException e) {
                // no program ipcrm: 56 bytes stay until the machine restarts
            }
        }
        abandonedSharedMemory.clear();
    }
}
