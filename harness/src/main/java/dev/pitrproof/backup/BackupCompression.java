package dev.pitrproof.backup;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.compression.CompressionLevel;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a base backup is compressed on its way, in the words of {@code pg_basebackup --compress}:
 * {@code [client-|server-]METHOD[:DETAIL]} with METHOD gzip, lz4, zstd or none and DETAIL a level, or
 * {@code level=N,workers=N,long}; or a level alone, which means gzip. See {@code src/common/compression.c}.
 *
 * @param side who does it
 * @param level how hard it tries
 */
public record BackupCompression(Side side, CompressionLevel level) {

    /** Who compresses. */
    public enum Side {
        /** This program, as the archives arrive. */
        CLIENT,
        /** The server, before it sends them; PostgreSQL 15 and newer. */
        SERVER
    }

    public static final BackupCompression NONE =
            new BackupCompression(Side.CLIENT, CompressionLevel.of(Compression.NONE));

    private static final Pattern WORDS =
            Pattern.compile("(?:(?<side>client|server)-)?(?<method>[A-Za-z0-9]*?)(?::(?<detail>.*))?");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,7}");

    /**
     * Reads an option's value.
     *
     * @throws IllegalArgumentException with a message fit for a user
     */
    public static BackupCompression parse(String text) {
        if (NUMBER.matcher(text).matches()) {
            int level = Integer.parseInt(text);
            return level == 0
                    ? NONE
                    : new BackupCompression(
                            Side.CLIENT, CompressionLevel.of(Compression.GZIP).withLevel(level));
        }
        Matcher words = WORDS.matcher(text);
        if (!words.matches()) {
            throw unknown(text);
        }
        Side side = "server".equals(words.group("side")) ? Side.SERVER : Side.CLIENT;
        CompressionLevel level = CompressionLevel.of(method(words.group("method"), text));
        String detail = words.group("detail");
        if (detail != null) {
            level = detailed(level, detail, text);
        }
        return level.method() == Compression.NONE ? NONE : new BackupCompression(side, level);
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException("compression is \"" + text
                + "\": expected {client-,server-}gzip, lz4, zstd or none, perhaps with :LEVEL or :level=N,workers=N");
    }

    private static Compression method(String name, String text) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "none" -> Compression.NONE;
            case "gzip" -> Compression.GZIP;
            case "lz4" -> Compression.LZ4;
            case "zstd" -> Compression.ZSTD;
            default -> throw unknown(text);
        };
    }

    private static CompressionLevel detailed(CompressionLevel plain, String detail, String text) {
        if (plain.method() == Compression.NONE) {
            throw new IllegalArgumentException("compression is \"" + text + "\": none takes no details");
        }
        if (NUMBER.matcher(detail).matches()) {
            return plain.withLevel(Integer.parseInt(detail));
        }
        CompressionLevel level = plain;
        for (String item : detail.split(",", -1)) {
            int equals = item.indexOf('=');
            String key = equals < 0 ? item : item.substring(0, equals);
            @Nullable String value = equals < 0 ? null : item.substring(equals + 1);
            level = switch (key) {
                case "level" -> level.withLevel(number(key, value, text));
                case "workers" -> level.withWorkers(number(key, value, text));
                case "long" -> level.withLongDistance(value == null || isOn(value, text));
                default ->
                    throw new IllegalArgumentException("compression is \"" + text + "\": \"" + key
                            + "\" is no detail of it, expected level, workers or long");
            };
        }
        return level;
    }

    private static int number(String key, @Nullable String value, String text) {
        if (value == null || !NUMBER.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "compression is \"" + text + "\": expected a whole number behind \"" + key + "=\"");
        }
        return Integer.parseInt(value);
    }

    private static boolean isOn(String value, String text) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "1", "on", "true", "yes" -> true;
            case "0", "off", "false", "no" -> false;
            default ->
                throw new IllegalArgumentException("compression is \"" + text + "\": expected long=on or long=off");
        };
    }

    /** What the archives are compressed with when the server sends them. */
    Compression ofServer() {
        return side == Side.SERVER ? level.method() : Compression.NONE;
    }

    /** What they get compressed with here. */
    CompressionLevel ofClient() {
        return side == Side.CLIENT ? level : CompressionLevel.of(Compression.NONE);
    }

    /** As pg_basebackup's option has it: {@code server-zstd:level=3}. */
    public String words() {
        String detail = serverDetail();
        return (side == Side.SERVER ? "server-" : "client-")
                + level.method().name().toLowerCase(Locale.ROOT)
                + (detail == null ? "" : ":" + detail);
    }

    /** The option's value for BASE_BACKUP's COMPRESSION_DETAIL; null if there is none. */
    @Nullable
    String serverDetail() {
        StringBuilder detail = new StringBuilder();
        append(detail, "level", level.level());
        append(detail, "workers", level.workers());
        if (level.longDistance()) {
            detail.append(detail.isEmpty() ? "" : ",").append("long");
        }
        return detail.isEmpty() ? null : detail.toString();
    }

    private static void append(StringBuilder detail, String key, OptionalInt value) {
        if (value.isPresent()) {
            detail.append(detail.isEmpty() ? "" : ",").append(key).append('=').append(value.getAsInt());
        }
    }
}
