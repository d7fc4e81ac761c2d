package dev.pitrproof.replication;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An ErrorResponse or NoticeResponse of the server.
 *
 * @param severity as the server's messages are in its language: ERROR, FATAL, WARNING, NOTICE …, never translated
 * @param sqlState five characters
 * @param text the primary message
 * @param detail further explanation, if any
 * @param hint what the server advises, if anything
 */
public record ServerMessage(
        String severity,
        String sqlState,
        String text,
        @Nullable String detail,
        @Nullable String hint) {

    private static final int TEXT_LENGTH_MAX = 8192;
    /** What makes up that much text in any script; the rest of a field is not even looked at. */
    private static final int TEXT_BYTES_MAX = 1 << 16;

    private static final Pattern UNFIT_FOR_TERMINALS = Pattern.compile("[\\p{Cntrl}&&[^\n\t]]");

    /** Whether it belongs before a user's eyes: a notice may be chatter, a warning is not. */
    public boolean isWarning() {
        return severity.equals("WARNING");
    }

    /** Reads the fields of the message: a letter and a string each, ended by a zero byte. */
    static ServerMessage parse(ByteBuffer body) {
        String severity = "";
        String sqlState = "";
        String text = "";
        String detail = null;
        String hint = null;
        while (body.hasRemaining()) {
            byte field = body.get();
            if (field == 0) {
                break;
            }
            String value = legible(zeroTerminated(body));
            switch (field) {
                case 'V' -> severity = value;
                case 'C' -> sqlState = value;
                case 'M' -> text = value;
                case 'D' -> detail = value;
                case 'H' -> hint = value;
                default -> {} // position, file, line and fields of servers to come
            }
        }
        return new ServerMessage(severity, sqlState, text, detail, hint);
    }

    static String zeroTerminated(ByteBuffer body) {
        int start = body.position();
        int end = start;
        while (end < body.limit() && body.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[Math.min(end - start, TEXT_BYTES_MAX)];
        body.get(bytes).position(end);
        if (body.hasRemaining()) {
            body.get();
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** As much of it as belongs on a terminal, where control characters could do harm. */
    private static String legible(String text) {
        String cut = text.length() > TEXT_LENGTH_MAX ? text.substring(0, TEXT_LENGTH_MAX) + "…" : text;
        return withoutControls(cut);
    }

    static String withoutControls(String text) {
        return UNFIT_FOR_TERMINALS.matcher(text).replaceAll("?");
    }

    @Override
    public String toString() {
        return severity + ": " + text + (detail == null ? "" : "\nDETAIL: " + detail)
                + (hint == null ? "" : "\nHINT: " + hint);
    }
}
