package dev.pitrproof.sandbox;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;

/** Writes what a container's program says into a file, as soon as it says it. */
final class LogCopy extends ResultCallback.Adapter<Frame> {

    private final Path log;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    private LogCopy(Path log) {
        this.log = log;
    }

    static LogCopy of(DockerClient client, String container, Path log) {
        return client.logContainerCmd(container)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .exec(new LogCopy(log));
    }

    /** Done when the program has said its last. */
    CompletableFuture<Void> end() {
        return end;
    }

    @Override
    public void onNext(Frame frame) {
        try (OutputStream file = Files.newOutputStream(log, StandardOpenOption.APPEND)) {
            file.write(frame.getPayload());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void onError(Throwable failure) {
        // with what has come so far; that the engine went away is told by whoever waits for the container's end
        end.complete(null);
        super.onError(failure);
    }

    @Override
    public void onComplete() {
        end.complete(null);
        super.onComplete();
    }
}
