package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/**
 * A physical replication connection: pgjdbc opens it, authenticates and encrypts; the commands are sent by ourselves.
 *
 * <p>One command at a time, from one thread; {@link #abort} may come from any. After an exception other than an error
 * of the server the connection is of no use any more. Any error of the server drops the session's temporary slots.
 */
public final class ReplicationConnection implements AutoCloseable {

    private static final Pattern PARAMETER = Pattern.compile("[a-z_]+(\\.[a-z_]+)?");

    private static final Pattern SEGMENT_SIZE = Pattern.compile("([0-9]{1,10})(GB|MB|kB|B|)");
    private static final int UPLOAD_BYTES = 1 << 16;
    /** How many messages a command may end with that has no rows; it takes two. */
    private static final int MESSAGES_MAX = 1000;

    private final Connection driver;
    private final Transport transport;
    private final MessageStream messages;
    private final ServerDialect dialect;
    private volatile boolean busy;

    private ReplicationConnection(
            Connection driver, Transport transport, MessageStream messages, ServerDialect dialect) {
        this.driver = driver;
        this.transport = transport;
        this.messages = messages;
        this.dialect = dialect;
    }

    /** Connects and authenticates; the server's notices are dropped. */
    public static ReplicationConnection open(ConnectionSettings settings) throws ReplicationException {
        return open(settings, notice -> {});
    }

    /**
     * Connects and authenticates.
     *
     * @param notices is told the server's notices and warnings
     */
    public static ReplicationConnection open(ConnectionSettings settings, Consumer<ServerMessage> notices)
            throws ReplicationException {
        try (CapturedSocket captured = CapturedSocket.expect(settings)) {
            // libpq looks up the password of a replication connection under this name of a database
            Connection driver = settings.open("replication", properties(settings, captured.key()));
            try {
                ServerDialect dialect = new ServerDialect(driver.getMetaData().getDatabaseMajorVersion());
                Transport transport = captured.transport();
                return new ReplicationConnection(driver, transport, new MessageStream(transport, notices), dialect);
            } catch (IOException | SQLException | IllegalArgumentException e) {
                driver.close();
                throw new ReplicationException(
                        "cannot use the connection to server at " + settings.address() + ": " + e.getMessage(),
                        null,
                        e);
            }
        } catch (SQLException e) {
            throw ReplicationException.connecting(settings, e);
        }
    }

    private static Properties properties(ConnectionSettings settings, String key) {
        Properties driver = settings.driverProperties();
        PGProperty.REPLICATION.set(driver, "true");
        PGProperty.PREFER_QUERY_MODE.set(driver, "simple");
        // a physical walsender refuses SQL: pgjdbc must not SET anything after it has connected
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(driver, "9.4");
        PGProperty.SOCKET_FACTORY.set(driver, CapturingSocketFactory.class.getName());
        PGProperty.SOCKET_FACTORY_ARG.set(driver, key);
        PGProperty.SSL_FACTORY.set(driver, CapturingTlsFactory.class.getName());
        // bytes sealed by GSSAPI inside pgjdbc could not be read on the socket
        PGProperty.GSS_ENC_MODE.set(driver, "disable");
        return driver;
    }

    /** The server's major version, such as 17. */
    public int serverMajor() {
        return dialect.major();
    }

    /** The server process at the other end, as {@code pg_stat_replication} names it. */
    public int serverProcess() throws ReplicationException {
        try {
            return driver.unwrap(PGConnection.class).getBackendPID();
        } catch (SQLException e) {
            throw new ReplicationException("the connection is of no use any more: " + e.getMessage(), null, e);
        }
    }

    public SystemIdentity identifySystem() throws IOException {
        Row row = onlyRow("IDENTIFY_SYSTEM");
        return new SystemIdentity(row.unsigned(0), row.timeline(1), row.lsn(2));
    }

    /** The value of a setting in the words of SHOW, with its unit: {@code 16MB}. */
    public String show(String parameter) throws IOException {
        if (!PARAMETER.matcher(parameter).matches()) {
            throw new IllegalArgumentException("\"" + parameter + "\" is not the name of a setting");
        }
        return onlyRow("SHOW " + parameter).text(0);
    }

    /** Bytes per WAL segment of this cluster. */
    public int walSegmentSize() throws IOException {
        String shown = show("wal_segment_size");
        Matcher size = SEGMENT_SIZE.matcher(shown);
        long bytes = 0;
        if (size.matches()) {
            long unit =
                    switch (size.group(2)) {
                        case "GB" -> 1L << 30;
                        case "MB" -> 1L << 20;
                        case "kB" -> 1L << 10;
                        default -> 1L;
                    };
            bytes = Long.parseLong(size.group(1)) * unit;
        }
        if (bytes < 1 << 20 || bytes > 1 << 30 || Long.bitCount(bytes) != 1) {
            throw new ReplicationException(
                    "the server says wal_segment_size is \"" + shown + "\": expected a power of two, 1MB to 1GB");
        }
        return Math.toIntExact(bytes);
    }

    /** The history file of a timeline; the first timeline has none, which the server calls an error. */
    public TimelineHistoryFile timelineHistory(TimelineId timeline) throws IOException {
        Row row = onlyRow("TIMELINE_HISTORY " + timeline);
        if (!row.text(0).equals(timeline.historyFileName())) {
            throw new ReplicationException("the server calls the history file of timeline " + timeline + " \""
                    + row.text(0) + "\": expected " + timeline.historyFileName());
        }
        byte[] content = row.bytes(1);
        try {
            TimelineHistory history = TimelineHistory.parse(timeline, content);
            return new TimelineHistoryFile(
                    row.text(0), history, ByteBuffer.wrap(content).asReadOnlyBuffer());
        } catch (IllegalArgumentException e) {
            throw Row.nonsense(e);
        }
    }

    /**
     * Creates a physical slot.
     *
     * @param temporary whether it goes with this session, or with its first error
     * @param reserveWal whether it holds back WAL from now on, and not only once somebody has streamed from it
     */
    public void createSlot(String slot, boolean temporary, boolean reserveWal) throws IOException {
        onlyRow(dialect.createPhysicalSlot(slot, temporary, reserveWal));
    }

    public void dropSlot(String slot) throws IOException {
        command("DROP_REPLICATION_SLOT " + ServerDialect.quoteIdentifier(slot));
    }

    /**
     * Where a physical slot stands; empty if there is no such slot.
     *
     * @throws ReplicationException also if the server is older than 15 and cannot say
     */
    public Optional<SlotPosition> readSlot(String slot) throws IOException {
        if (!dialect.canReadSlots()) {
            throw new ReplicationException(
                    "PostgreSQL " + dialect.major() + " cannot report a slot's position:" + " expected 15 or newer");
        }
        Row row = onlyRow("READ_REPLICATION_SLOT " + ServerDialect.quoteIdentifier(slot));
        if (row.optional(0) == null) {
            return Optional.empty();
        }
        Optional<Lsn> restart = row.optional(1) == null ? Optional.empty() : Optional.of(row.lsn(1));
        Optional<TimelineId> timeline = row.optional(2) == null ? Optional.empty() : Optional.of(row.timeline(2));
        return Optional.of(new SlotPosition(restart, timeline));
    }

    /** Takes a base backup: returns when all of it has gone to {@code receiver}. */
    public BaseBackupEnd baseBackup(BaseBackupOptions options, BaseBackupReceiver receiver) throws IOException {
        dialect.require(options);
        busy = true;
        Path earlier = options.incrementalTo();
        if (earlier != null) {
            uploadManifest(earlier);
        }
        messages.sendQuery(dialect.baseBackup(options));
        messages.pauseAfterShortReads(transport.pauseNanos());
        try {
            BaseBackupEnd end = new BaseBackupStream(messages, receiver)
                    .receive(dialect.sendsTypedArchives(), options.wantsManifest());
            busy = false;
            return end;
        } finally {
            messages.pauseAfterShortReads(0);
        }
    }

    /** Tells the server what an earlier backup has: it keeps that for the next BASE_BACKUP of this session. */
    private void uploadManifest(Path manifest) throws IOException {
        String command = "UPLOAD_MANIFEST";
        try (InputStream content = Files.newInputStream(manifest)) {
            messages.sendQuery(command);
            messages.expect('G', command);
            byte[] piece = new byte[UPLOAD_BYTES];
            for (int read = content.read(piece); read >= 0; read = content.read(piece)) {
                messages.sendCopyData(ByteBuffer.wrap(piece, 0, read));
            }
        }
        messages.sendCopyDone();
        messages.expect('C', command);
        messages.skipToReady();
    }

    /**
     * Starts streaming WAL.
     *
     * @param slot the slot to stream from, or null
     * @param from a position on {@code timeline}; anything but a segment's start makes segment files with holes
     */
    WalStream startReplication(@Nullable String slot, Lsn from, TimelineId timeline) throws IOException {
        busy = true;
        messages.sendQuery("START_REPLICATION " + (slot == null ? "" : "SLOT " + ServerDialect.quoteIdentifier(slot))
                + " PHYSICAL " + from + " TIMELINE " + timeline);
        WalStream stream = new WalStream(messages, () -> busy = false);
        stream.begin();
        return stream;
    }

    private Row onlyRow(String command) throws IOException {
        return Row.only(command(command), command);
    }

    private List<Row> command(String command) throws IOException {
        busy = true;
        messages.sendQuery(command);
        List<Row> rows = List.of();
        for (int count = 0; count < MESSAGES_MAX; count++) {
            byte type = messages.next();
            switch (type) {
                case 'T' -> rows = Row.readRows(messages, command);
                case 'C' -> {}
                case 'Z' -> {
                    busy = false;
                    return rows;
                }
                case 'E' -> {
                    ReplicationException error = messages.error();
                    busy = false;
                    throw error;
                }
                default -> throw MessageStream.unexpected(type, command);
            }
        }
        throw new ReplicationException("the server does not end its answer to " + command);
    }

    /** Cuts the connection at once, also from another thread while a command is under way, which then fails. */
    public void abort() {
        try {
            transport.close();
        } catch (IOException e) {
            // it is closed all the same
        }
    }

    /** Says goodbye if no command is under way, else cuts the connection. */
    @Override
    public void close() {
        if (busy) {
            abort();
        }
        try {
            driver.close();
        } catch (SQLException e) {
            abort();
        }
    }
}
