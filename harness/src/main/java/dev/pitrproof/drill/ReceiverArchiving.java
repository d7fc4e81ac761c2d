package dev.pitrproof.drill;

import dev.pitrproof.replication.ReplicationConnection;
import dev.pitrproof.replication.SystemIdentity;
import dev.pitrproof.replication.WalReceiver;
import dev.pitrproof.replication.WalReceiverRequest;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** We stream the WAL through a replication slot, as {@code pg_receivewal} does. */
final class ReceiverArchiving implements Archiving {

    private static final String SLOT = "pitrproof_archive";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Sandbox sandbox;
    private final Path directory;
    private @Nullable WalReceiver receiver;

    private ReceiverArchiving(Sandbox sandbox, Path directory) {
        this.sandbox = sandbox;
        this.directory = directory;
    }

    static ReceiverArchiving in(Sandbox sandbox) throws IOException {
        return new ReceiverArchiving(sandbox, sandbox.createDirectory("archive"));
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public Map<String, String> parameters() {
        return Map.of("archive_mode", "off");
    }

    @Override
    public FileAccess files() {
        return FileAccess.NONE;
    }

    @Override
    public void begin(Cluster source) throws IOException {
        ReplicationConnection connection = ReplicationConnection.open(source.connection());
        try {
            connection.createSlot(SLOT, false, true);
            SystemIdentity system = connection.identifySystem();
            receiver = WalReceiver.start(
                    connection,
                    new WalReceiverRequest(directory, system.flushLsn(), system.timeline(), SLOT, false, true, true));
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void finish(SegmentName last, Cluster source) throws IOException {
        WalReceiver running = receiver;
        if (running == null) {
            throw new IllegalStateException("the receiver was never started");
        }
        if (!running.awaitFlushed(last.end(), PATIENCE)) {
            throw new SandboxException(
                    SandboxException.Kind.TIMEOUT,
                    "segment " + last + " was not received within " + PATIENCE.toSeconds() + " s",
                    "run again with --keep and look at the source's log",
                    null);
        }
        running.stop();
        running.await();
        sandbox.give(directory);
    }

    @Override
    public void close() {
        if (receiver != null) {
            receiver.close();
        }
    }
}
