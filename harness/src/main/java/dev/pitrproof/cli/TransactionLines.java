package dev.pitrproof.cli;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.Removal;
import dev.pitrproof.wal.WalEntry.Kind;
import dev.pitrproof.wal.WalEntry.TransactionEnd;
import dev.pitrproof.wal.WalRecord;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import tools.jackson.core.io.JsonStringEncoder;

/** Prints transaction ends, one a line, in large pieces: there may be millions. */
abstract sealed class TransactionLines {

    private static final int PIECE_BYTES = 1 << 16;
    private static final int SECONDS_PER_DAY = 86_400;

    private final PrintWriter out;
    final Utf8Text text = new Utf8Text(PIECE_BYTES + 4096);
    private long second = Long.MIN_VALUE;
    private byte[] secondText = {};

    private final EnumMap<Kind, byte[]> kinds = new EnumMap<>(Kind.class);

    TransactionLines(PrintWriter out) {
        this.out = out;
        for (Kind kind : Kind.values()) {
            kinds.put(kind, word(kind).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Prints one line; false if nobody reads the output any more. */
    boolean print(WalRecord record, TransactionEnd end, List<Removal> removals) {
        append(record, end, removals);
        if (text.length() < PIECE_BYTES) {
            return true;
        }
        flush();
        return !out.checkError();
    }

    void flush() {
        ByteWriter.write(text, out);
        out.flush();
        text.clear();
    }

    abstract void append(WalRecord record, TransactionEnd end, List<Removal> removals);

    static String word(Kind kind) {
        return switch (kind) {
            case COMMIT -> "commit";
            case ABORT -> "abort";
            case COMMIT_PREPARED -> "commit prepared";
            case ABORT_PREPARED -> "abort prepared";
        };
    }

    void appendKind(Kind kind) {
        text.append(Objects.requireNonNull(kinds.get(kind)));
    }

    /** ISO 8601, UTC, microseconds. Times that follow each other mostly share their second. */
    void appendTime(Instant time) {
        if (time.getEpochSecond() != second) {
            second = time.getEpochSecond();
            secondText = secondText(second);
        }
        text.append(secondText).appendDecimal(time.getNano() / 1000, 6).append('Z');
    }

    private static byte[] secondText(long second) {
        int ofDay = (int) Math.floorMod(second, (long) SECONDS_PER_DAY);
        Utf8Text text = new Utf8Text(20)
                .append(LocalDate.ofEpochDay(Math.floorDiv(second, (long) SECONDS_PER_DAY))
                        .toString())
                .append('T')
                .appendDecimal(ofDay / 3600, 2)
                .append(':')
                .appendDecimal(ofDay / 60 % 60, 2)
                .append(':')
                .appendDecimal(ofDay % 60, 2)
                .append('.');
        return Arrays.copyOf(text.bytes(), text.length());
    }

    void appendLsn(Lsn lsn) {
        text.appendHexadecimal((int) (lsn.value() >>> 32)).append('/').appendHexadecimal((int) lsn.value());
    }

    /** For people: aligned columns under a headline. */
    static final class Columns extends TransactionLines {

        private static final int LSN = 18;
        private static final int XID = 11;
        private static final int TIME = 28;
        private static final int KIND = 16;
        private static final int TIMELINE = 9;
        private static final int LISTED_MAX = 5;

        Columns(PrintWriter out) {
            super(out);
            column("LSN", LSN);
            column("END", LSN);
            column("XID", XID);
            column("TIME", TIME);
            column("KIND", KIND);
            text.append("TIMELINE\n");
        }

        private void column(String value, int width) {
            int from = text.length();
            text.append(value).padTo(from + width);
        }

        @Override
        void append(WalRecord record, TransactionEnd end, List<Removal> removals) {
            int from = text.length();
            appendLsn(record.start());
            text.padTo(from += LSN);
            appendLsn(record.end());
            text.padTo(from += LSN);
            text.appendDecimal(end.xid()).padTo(from += XID);
            appendTime(end.time());
            text.padTo(from += TIME);
            appendKind(end.kind());
            text.padTo(from += KIND);
            text.appendDecimal(record.timeline().value());
            appendDetails(end, removals, from + TIMELINE);
            text.append('\n');
        }

        private void appendDetails(TransactionEnd end, List<Removal> removals, int column) {
            if (end.gid() == null
                    && end.subxids().isEmpty()
                    && removals.isEmpty()
                    && end.removedFiles().isEmpty()) {
                return; // most
            }
            int from = details("gid ", end.gid() == null ? List.of() : List.of("\"" + end.gid() + "\""), column);
            from = details("subxids ", end.subxids(), from);
            for (Removal.What what : Removal.What.values()) {
                List<Removal> some = new ArrayList<>();
                for (Removal removal : removals) {
                    if (removal.what() == what) {
                        some.add(removal);
                    }
                }
                from = details(what.words() + " ", some, from);
            }
            if (!end.kind().commits()) { // the files it had created itself
                details("removed files ", end.removedFiles(), from);
            }
        }

        private int details(String what, List<?> values, int column) {
            if (values.isEmpty()) {
                return column;
            }
            text.padTo(column).append(what);
            String separator = "";
            for (Object value : values.subList(0, Math.min(LISTED_MAX, values.size()))) {
                text.append(separator)
                        .append(value instanceof Integer xid ? Integer.toUnsignedString(xid) : value.toString());
                separator = ",";
            }
            if (values.size() > LISTED_MAX) {
                text.append(",… (").appendDecimal(values.size()).append(" in all)");
            }
            return text.length() + 2;
        }
    }

    /** For programs: JSON Lines. Keys are only added, never renamed. */
    static final class Json extends TransactionLines {

        Json(PrintWriter out) {
            super(out);
        }

        @Override
        void append(WalRecord record, TransactionEnd end, List<Removal> removals) {
            text.append("{\"lsn\":\"");
            appendLsn(record.start());
            text.append("\",\"xid\":").appendDecimal(end.xid());
            text.append(",\"time\":\"");
            appendTime(end.time());
            text.append("\",\"kind\":\"");
            appendKind(end.kind());
            text.append("\",\"timeline\":").appendDecimal(record.timeline().value());
            text.append(",\"endLsn\":\"");
            appendLsn(record.end());
            text.append('"');
            String gid = end.gid();
            if (gid != null) {
                StringBuilder quoted = new StringBuilder();
                JsonStringEncoder.getInstance().quoteAsString(gid, quoted);
                text.append(",\"gid\":\"").append(quoted.toString()).append('"');
            }
            array("subxids", end.subxids(), Integer::toUnsignedString);
            array("dropped", end.droppedRelations(), Integer::toUnsignedString);
            array("removedFiles", end.removedFiles(), file -> "\"" + file + "\"");
            array("relations", removals, Json::object);
            text.append("}\n");
        }

        private static String object(Removal removal) {
            return RemovalJson.of(removal).toString();
        }

        private <T> void array(String key, List<T> values, Function<T, String> toText) {
            if (values.isEmpty()) {
                return;
            }
            text.append(",\"").append(key).append("\":[");
            String separator = "";
            for (T value : values) {
                text.append(separator).append(toText.apply(value));
                separator = ",";
            }
            text.append(']');
        }
    }
}
