package dev.pitrproof.replication;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answer to BASE_BACKUP, message by message, as {@code src/backend/backup/basebackup_copy.c} sends it: the start
 * position, the tablespaces, the archives and the manifest, the stop position.
 */
final class BaseBackupStream {

    private static final String COMMAND = "BASE_BACKUP";
    /** ERRCODE_DATA_CORRUPTED, which in place of CommandComplete means that pages failed verification. */
    private static final String DATA_CORRUPTED = "XX001";

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
            receiveTypedArchives(tablespaces);
        } else {
            receiveOneCopyPerArchive(tablespaces, withManifest);
        }
        Row end = Row.only(Row.readResult(messages, COMMAND), COMMAND);
        Optional<ServerMessage> checksumFailure = readCompletion();
        return new BaseBackupEnd(end.lsn(0), end.timeline(1), checksumFailure);
    }

    private List<Tablespace> readTablespaces() throws IOException {
        List<Tablespace> tablespaces = new ArrayList<>();
        for (Row row : Row.readResult(messages, COMMAND)) {
            String kilobytes = row.optional(2);
            tablespaces.add(new Tablespace(
                    row.optional(0),
                    row.optional(1),
                    kilobytes == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(kilobytes))));
        }
        return tablespaces;
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
    private void receiveTypedArchives(List<Tablespace> tablespaces) throws IOException {
        messages.expect('H', COMMAND);
        boolean inArchive = false;
        boolean inManifest = false;
        for (ByteBuffer data = nextCopyData(); data != null; data = nextCopyData()) {
            byte type = data.get();
            switch (type) {
                case 'n' -> {
                    if (inArchive) {
                        receiver.archiveEnd();
                    }
                    receiver.archive(named(ServerMessage.zeroTerminated(data), tablespaces));
                    inArchive = true;
                }
                case 'd' -> {
                    if (inManifest) {
                        receiver.manifestData(data);
                    } else {
                        receiver.archiveData(data);
                    }
                }
                case 'p' -> {} // bytes done, which we count ourselves
                case 'm' -> {
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
    }

    /**
     * Finds the tablespace of an archive, whose name is {@code <oid>.tar} or {@code base.tar}, and goes on with how it is
     * compressed.
     */
    private static Tablespace named(String archive, List<Tablespace> tablespaces) throws ReplicationException {
        for (Tablespace tablespace : tablespaces) {
            String name = (tablespace.isMain() ? "base" : tablespace.oid()) + ".tar";
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
