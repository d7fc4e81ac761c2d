package dev.pitrproof.replication;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of a replication command's result; all of them come in text format. */
record Row(List<@Nullable String> columns) {

    /** Parses a DataRow. */
    static Row parse(ByteBuffer body) {
        int count = body.getShort();
        List<@Nullable String> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = body.getInt();
            if (length < 0) {
                columns.add(null);
            } else {
                byte[] text = new byte[length];
                body.get(text);
                columns.add(new String(text, StandardCharsets.UTF_8));
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
        while (true) {
            byte type = messages.next();
            switch (type) {
                case 'D' -> rows.add(parse(messages.body()));
                case 'C' -> {
                    return rows;
                }
                case 'E' -> throw messages.error();
                default -> throw MessageStream.unexpected(type, command);
            }
        }
    }

    static Row only(List<Row> rows, String command) throws ReplicationException {
        if (rows.size() != 1) {
            throw new ReplicationException(command + " returned " + rows.size() + " rows: expected 1");
        }
        return rows.get(0);
    }

    @Nullable
    String optional(int column) {
        return column < columns.size() ? columns.get(column) : null;
    }

    String text(int column) throws ReplicationException {
        String value = optional(column);
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

    private static ReplicationException nonsense(IllegalArgumentException e) {
        return new ReplicationException("the server returned nonsense: " + e.getMessage(), null, e);
    }
}
