package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of a replication command's result; all of them come in text format. */
record Row(List<byte @Nullable []> columns) {

    /** No result of a replication command has more: a row for each tablespace, at most. */
    private static final int ROWS_MAX = 100_000;
    /** Characters of a whole result: more than any timeline's history has. */
    private static final int LENGTH_MAX = 1 << 24;
    /** Bytes of one row: a history file that tells of ten thousand timelines. */
    private static final int ROW_BYTES_MAX = 1 << 20;

    /** Parses a DataRow. */
    static Row parse(ByteBuffer body) throws ReplicationException {
        if (body.remaining() > ROW_BYTES_MAX) {
            throw new ReplicationException("the server sent a row of " + body.remaining() + " bytes: expected at most "
                    + ROW_BYTES_MAX + " of a replication command");
        }
        try {
            return parseColumns(body);
        } catch (BufferUnderflowException e) {
            throw MessageStream.tooShort("a row", e);
        }
    }

    private static Row parseColumns(ByteBuffer body) {
        int count = body.getShort();
        if (count < 0) {
            throw new BufferUnderflowException();
        }
        List<byte @Nullable []> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = body.getInt();
            if (length < 0) {
                columns.add(null);
            } else if (length > body.remaining()) {
                throw new BufferUnderflowException();
            } else {
                byte[] text = new byte[length];
                body.get(text);
                columns.add(text);
            }
        }
        return new Row(Collections.unmodifiableList(columns));
    }

    /** Reads one whole result: RowDescription, rows, CommandComplete. */
    static List<Row> readResult(MessageStream messages, String command) throws IOException {
        messages.expect('T', command);
        return readRows(messages, command);
    }

    /** Reads the rest of a result whose RowDescription has been read. */
    static List<Row> readRows(MessageStream messages, String command) throws IOException {
        List<Row> rows = new ArrayList<>();
        long length = 0;
        while (rows.size() <= ROWS_MAX && length <= LENGTH_MAX) {
            byte type = messages.next();
            switch (type) {
                case 'D' -> {
                    length += messages.body().remaining();
                    rows.add(parse(messages.body()));
                }
                case 'C' -> {
                    return rows;
                }
                case 'E' -> throw messages.error();
                default -> throw MessageStream.unexpected(type, command);
            }
        }
        throw new ReplicationException(command + " returned more than anybody can have asked for: " + rows.size()
                + " rows, " + length + " bytes, and no end");
    }

    static Row only(List<Row> rows, String command) throws ReplicationException {
        if (rows.size() != 1) {
            throw new ReplicationException(command + " returned " + rows.size() + " rows: expected 1");
        }
        return rows.get(0);
    }

    @Nullable
    String optional(int column) {
        byte[] value = column < columns.size() ? columns.get(column) : null;
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    String text(int column) throws ReplicationException {
        return new String(bytes(column), StandardCharsets.UTF_8);
    }

    /** A value as it came, for one that need not be text in UTF-8. */
    byte[] bytes(int column) throws ReplicationException {
        byte[] value = column < columns.size() ? columns.get(column) : null;
        if (value == null) {
            throw new ReplicationException("the server returned no value in column " + (column + 1));
        }
        return value;
    }

    Lsn lsn(int column) throws ReplicationException {
        try {
            return Lsn.parse(text(column));
        } catch (IllegalArgumentException e) {
            throw nonsense(e);
        }
    }

    TimelineId timeline(int column) throws ReplicationException {
        try {
            return TimelineId.parse(text(column));
        } catch (IllegalArgumentException e) {
            throw nonsense(e);
        }
    }

    /** A number without a sign, as PostgreSQL prints bigint. */
    long unsigned(int column) throws ReplicationException {
        try {
            return Long.parseUnsignedLong(text(column));
        } catch (NumberFormatException e) {
            throw nonsense(e);
        }
    }

    static ReplicationException nonsense(IllegalArgumentException e) {
        return new ReplicationException("the server returned nonsense: " + e.getMessage(), null, e);
    }
}
