package dev.pitrproof.drill;

import dev.pitrproof.replication.ReplicationConnection;
import dev.pitrproof.replication.SystemIdentity;
import dev.pitrproof.replication.WalReceiver;
import dev.pitrproof.replication.WalReceiverRequest;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** We stream the WAL through a replication slot, as {@code pg_receivewal} does. */
final class ReceiverArchiving implements Archiving {

    private static final String SLOT = "pitrproof_archive";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Sandbox sandbox;
    private final Path directory;
    private @Nullable WalReceiver receiver;
    private boolean paused;

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
            receive(connection, system.flushLsn(), system.timeline());
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    private void receive(ReplicationConnection connection, Lsn from, TimelineId timeline) throws IOException {
        receiver = WalReceiver.start(
                connection, new WalReceiverRequest(directory, from, timeline, SLOT, false, true, true));
    }

    @Override
    public void pause(Cluster source, Connection sql) throws IOException, SQLException {
        awaitAllReceived(sql);
        stop();
        paused = true;
    }

    @Override
    public void fillDisk(Cluster source, Connection sql) {
        throw new IllegalStateException("the reader lets nobody fill the disk of a receiver");
    }

    @Override
    public void resume(Cluster source, Connection sql) throws IOException, SQLException {
        goOn(source);
        paused = false;
        awaitAllReceived(sql);
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    private void awaitAllReceived(Connection sql) throws IOException, SQLException {
        try (Statement statement = sql.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_wal_flush_lsn()::text")) {
            row.next();
            Lsn end = Lsn.parse(row.getString(1));
            if (!running().awaitFlushed(end, PATIENCE)) {
                throw timeout("WAL up to " + end);
            }
        }
    }

    private void stop() throws IOException {
        running().stop();
        running().await();
    }

    /** From where it was: the slot kept what came since. */
    private void goOn(Cluster source) throws IOException {
        WalReceiver before = running();
        ReplicationConnection connection = ReplicationConnection.open(source.connection());
        try {
            receive(connection, before.writtenLsn(), before.timeline());
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void beforeStop() throws IOException {
        if (!paused) {
            stop();
        }
    }

    @Override
    public void afterStart(Cluster source) throws IOException {
        if (!paused) {
            goOn(source);
        }
    }

    /** Slots do not follow their source: the standby gets one of its own, which keeps all that is not received by now. */
    @Override
    public void beforePromotion(Cluster standby, Connection sql) throws IOException, SQLException {
        try (ReplicationConnection connection = ReplicationConnection.open(standby.connection())) {
            connection.createSlot(SLOT, false, true);
        }
        awaitAllReceived(sql);
    }

    private WalReceiver running() {
        return Objects.requireNonNull(receiver, "the receiver was never started");
    }

    private static SandboxException timeout(String what) {
        return new SandboxException(
                SandboxException.Kind.TIMEOUT,
                what + " was not received within " + PATIENCE.toSeconds() + " s",
                "run again with --keep and look at the source's log",
                null);
    }

    @Override
    public void finish(SegmentName last, Cluster source) throws IOException {
        if (!paused) {
            if (!running().awaitFlushed(last.end(), PATIENCE)) {
                throw timeout("segment " + last);
            }
            stop();
        }
        sandbox.give(directory);
    }

    @Override
    public void close() {
        if (receiver != null) {
            receiver.close();
        }
    }
}
