package dev.pitrproof.replication;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The answer to BASE_BACKUP, message by message, as {@code src/backend/backup/basebackup_copy.c} sends it: the start
 * position, the tablespaces, the archives and the manifest, the stop position.
 */
final class BaseBackupStream {

    private static final String COMMAND = "BASE_BACKUP";
    /** ERRCODE_DATA_CORRUPTED, which in place of CommandComplete means that pages failed verification. */
    private static final String DATA_CORRUPTED = "XX001";

    private static final Pattern OID = Pattern.compile("[1-9][0-9]{0,9}");
    /** An exabyte. */
    private static final long KILOBYTES_MAX = 1L << 50;

    private static final Set<String> SUFFIXES = Set.of("", ".gz", ".lz4", ".zst");

    private final MessageStream messages;
    private final BaseBackupReceiver receiver;

    BaseBackupStream(MessageStream messages, BaseBackupReceiver receiver) {
        this.messages = messages;
        this.receiver = receiver;
    }

    /** Receives everything up to ReadyForQuery. */
    BaseBackupEnd receive(boolean typedArchives, boolean withManifest) throws IOException {
        Row start = Row.only(Row.readResult(messages, COMMAND), COMMAND);
        receiver.started(start.lsn(0), start.timeline(1));
        List<Tablespace> tablespaces = readTablespaces();
        receiver.tablespaces(tablespaces);
        if (typedArchives) {
            receiveTypedArchives(tablespaces, withManifest);
        } else {
            receiveOneCopyPerArchive(tablespaces, withManifest);
        }
        Row end = Row.only(Row.readResult(messages, COMMAND), COMMAND);
        if (end.lsn(0).isBefore(start.lsn(0)) || end.timeline(1).compareTo(start.timeline(1)) < 0) {
            throw new ReplicationException("the server says that the backup ends at " + end.lsn(0) + " of timeline "
                    + end.timeline(1) + ", before its start at " + start.lsn(0) + " of timeline " + start.timeline(1));
        }
        Optional<ServerMessage> checksumFailure = readCompletion();
        return new BaseBackupEnd(end.lsn(0), end.timeline(1), checksumFailure);
    }

    private List<Tablespace> readTablespaces() throws IOException {
        List<Tablespace> tablespaces = new ArrayList<>();
        Set<String> oids = new HashSet<>();
        for (Row row : Row.readResult(messages, COMMAND)) {
            String oid = row.optional(0);
            if (!tablespaces.isEmpty()
                    && tablespaces.get(tablespaces.size() - 1).isMain()) {
                throw new ReplicationException("the server lists a tablespace behind the main data directory");
            }
            if (oid != null) {
                requireTablespace(oid, row.text(1));
                if (!oids.add(oid)) {
                    throw new ReplicationException("the server lists tablespace " + oid + " twice");
                }
            }
            tablespaces.add(new Tablespace(
                    oid,
                    oid == null ? null : row.text(1),
                    row.optional(2) == null ? OptionalLong.empty() : OptionalLong.of(kilobytes(row))));
        }
        if (tablespaces.isEmpty() || !tablespaces.get(tablespaces.size() - 1).isMain()) {
            throw new ReplicationException("the server lists tablespaces without the main data directory");
        }
        return tablespaces;
    }

    /** OIDs become names of files, and places become names of directories. */
    private static void requireTablespace(String oid, String location) throws ReplicationException {
        if (!OID.matcher(oid).matches()) {
            throw new ReplicationException("the server lists a tablespace \"" + oid + "\": expected its OID");
        }
        if (!location.startsWith("/") && !location.equals("pg_tblspc/" + oid)) {
            throw new ReplicationException("tablespace " + oid + " lies in \"" + location + "\": expected pg_tblspc/"
                    + oid + " or an absolute path");
        }
    }

    private static long kilobytes(Row row) throws ReplicationException {
        long kilobytes = row.unsigned(2);
        if (kilobytes < 0 || kilobytes > KILOBYTES_MAX) {
            throw new ReplicationException("the server expects a tablespace to have " + row.text(2) + " kB");
        }
        return kilobytes;
    }

    /** Versions 13 and 14: a copy stream for each tablespace, in the order of the rows, then one for the manifest. */
    private void receiveOneCopyPerArchive(List<Tablespace> tablespaces, boolean withManifest) throws IOException {
        for (Tablespace tablespace : tablespaces) {
            messages.expect('H', COMMAND);
            receiver.archive(tablespace);
            for (ByteBuffer data = nextCopyData(); data != null; data = nextCopyData()) {
                receiver.archiveData(data);
            }
            receiver.archiveEnd();
        }
        if (withManifest) {
            messages.expect('H', COMMAND);
            receiver.manifest();
            for (ByteBuffer data = nextCopyData(); data != null; data = nextCopyData()) {
                receiver.manifestData(data);
            }
        }
    }

    /** From version 15: one copy stream, whose messages begin with what they are. */
    private void receiveTypedArchives(List<Tablespace> tablespaces, boolean withManifest) throws IOException {
        messages.expect('H', COMMAND);
        Set<Tablespace> outstanding = new LinkedHashSet<>(tablespaces);
        boolean inArchive = false;
        boolean inManifest = false;
        for (ByteBuffer data = nextCopyData(); data != null; data = nextCopyData()) {
            byte type = typeOf(data);
            switch (type) {
                case 'n' -> {
                    if (inArchive) {
                        receiver.archiveEnd();
                    }
                    Tablespace next = named(ServerMessage.zeroTerminated(data), tablespaces);
                    if (inManifest || !outstanding.remove(next)) {
                        throw new ReplicationException("the server sent archive " + name(next)
                                + (inManifest ? " behind the manifest" : " twice"));
                    }
                    receiver.archive(next);
                    inArchive = true;
                }
                case 'd' -> {
                    if (inManifest) {
                        receiver.manifestData(data);
                    } else if (inArchive) {
                        receiver.archiveData(data);
                    } else {
                        throw new ReplicationException("the server sent data of no archive");
                    }
                }
                case 'p' -> {} // bytes done, which we count ourselves
                case 'm' -> {
                    if (inManifest || !withManifest) {
                        throw new ReplicationException(
                                "the server sent a manifest" + (inManifest ? " twice" : " that nobody asked for"));
                    }
                    if (inArchive) {
                        receiver.archiveEnd();
                    }
                    inArchive = false;
                    inManifest = true;
                    receiver.manifest();
                }
                default -> throw MessageStream.unexpected(type, COMMAND);
            }
        }
        if (inArchive) {
            receiver.archiveEnd();
        }
        if (!outstanding.isEmpty()) {
            throw new ReplicationException("the server did not send archive "
                    + name(outstanding.iterator().next()));
        }
        if (withManifest && !inManifest) {
            throw new ReplicationException("the server sent no manifest, though it was asked to");
        }
    }

    private static byte typeOf(ByteBuffer data) throws ReplicationException {
        try {
            return data.get();
        } catch (BufferUnderflowException e) {
            throw MessageStream.tooShort("a message of the backup", e);
        }
    }

    private static String name(Tablespace tablespace) {
        return (tablespace.isMain() ? "base" : tablespace.oid()) + ".tar";
    }

    /**
     * Finds the tablespace of an archive, whose name is {@code <oid>.tar} or {@code base.tar}, and goes on with how it is
     * compressed.
     */
    private static Tablespace named(String archive, List<Tablespace> tablespaces) throws ReplicationException {
        for (Tablespace tablespace : tablespaces) {
            String name = name(tablespace);
            if (archive.startsWith(name) && SUFFIXES.contains(archive.substring(name.length()))) {
                return tablespace;
            }
        }
        throw new ReplicationException("the server sent an archive \"" + archive + "\" of no tablespace it named");
    }

    private @Nullable ByteBuffer nextCopyData() throws IOException {
        byte type = messages.next();
        return switch (type) {
            case 'd' -> messages.body();
            case 'c' -> null;
            case 'E' -> throw messages.error();
            default -> throw MessageStream.unexpected(type, COMMAND);
        };
    }

    private Optional<ServerMessage> readCompletion() throws IOException {
        byte type = messages.next();
        if (type == 'E') {
            ServerMessage error = ServerMessage.parse(messages.body());
            messages.skipToReady();
            if (error.sqlState().equals(DATA_CORRUPTED)) {
                return Optional.of(error);
            }
            throw ReplicationException.of(error);
        }
        if (type != 'C') {
            throw MessageStream.unexpected(type, COMMAND);
        }
        messages.skipToReady();
        return Optional.empty();
    }
}
