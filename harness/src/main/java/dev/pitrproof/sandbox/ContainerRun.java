package dev.pitrproof.sandbox;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.WaitResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A container that was started. The engine tells its end at once; nobody has to ask again and again. */
final class ContainerRun {

    /** Why nothing more is known of a container. */
    static final String LOST = "the container engine does not answer any more";

    private final PostgresContainer container;
    private final CompletableFuture<Integer> end;

    private ContainerRun(PostgresContainer container, CompletableFuture<Integer> end) {
        this.container = container;
        this.end = end;
    }

    /** @param log where to write what the program says, which is all there when it has ended; null for nowhere */
    static ContainerRun start(DockerClient client, PostgresContainer container, @Nullable Path log) {
        container.start();
        CompletableFuture<Integer> end = awaitEnd(client, container);
        if (log == null) {
            return new ContainerRun(container, end);
        }
        LogCopy copy = LogCopy.of(client, container.getContainerId(), log);
        return new ContainerRun(container, end.thenCombine(copy.end(), (code, nothing) -> code));
    }

    private static CompletableFuture<Integer> awaitEnd(DockerClient client, PostgresContainer container) {
        CompletableFuture<Integer> end = new CompletableFuture<>();
        client.waitContainerCmd(container.getContainerId()).exec(new ResultCallback.Adapter<WaitResponse>() {
            @Override
            public void onNext(WaitResponse response) {
                end.complete(response.getStatusCode());
            }

            @Override
            public void onError(Throwable failure) {
                end.completeExceptionally(failure);
                super.onError(failure);
            }

            @Override
            public void onComplete() {
                // the engine hung up without an answer: it is going down
                end.completeExceptionally(new IOException(LOST));
                super.onComplete();
            }
        });
        return end;
    }

    /** As the engine knows it. */
    String id() {
        return container.getContainerId();
    }

    boolean isRunning() {
        return !end.isDone();
    }

    /** Whether the engine itself went away, and nobody knows about the container. */
    boolean isLost() {
        return end.isCompletedExceptionally();
    }

    /** The exit code, if the container ends in time. */
    Optional<Integer> awaitEnd(Duration atMost) throws SandboxException {
        try {
            return Optional.of(end.get(atMost.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(SandboxException.Kind.TIMEOUT, "interrupted while a container ended", null, e);
        } catch (ExecutionException e) {
            throw lost(e);
        }
    }

    static SandboxException lost(@Nullable Throwable cause) {
        return new SandboxException(
                SandboxException.Kind.ENVIRONMENT,
                LOST,
                "start it again; containers that stayed end by themselves, and a later run removes them",
                cause);
    }

    long processId() {
        Long id = container.getContainerInfo().getState().getPidLong();
        return id == null ? 0 : id;
    }

    void signal(StopMode mode) {
        if (isRunning()) {
            container.signal(mode.signal());
        }
    }

    void remove() {
        container.stop();
    }
}
