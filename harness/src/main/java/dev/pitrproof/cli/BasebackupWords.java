package dev.pitrproof.cli;

import dev.pitrproof.backup.BackupFormat;
import dev.pitrproof.backup.WalMethod;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the values of pg_basebackup's options mean. Each method throws IllegalArgumentException with a message fit for a
 * user.
 */
final class BasebackupWords {

    private BasebackupWords() {}

    static BackupFormat format(String format) {
        return switch (format) {
            case "p", "plain" -> BackupFormat.PLAIN;
            case "t", "tar" -> BackupFormat.TAR;
            default -> throw new IllegalArgumentException("output format is \"" + format + "\": expected plain or tar");
        };
    }

    static WalMethod walMethod(String walMethod) {
        return switch (walMethod) {
            case "n", "none" -> WalMethod.NONE;
            case "f", "fetch" -> WalMethod.FETCH;
            case "s", "stream" -> WalMethod.STREAM;
            default ->
                throw new IllegalArgumentException(
                        "wal-method is \"" + walMethod + "\": expected none, fetch or stream");
        };
    }

    static boolean isFastCheckpoint(String checkpoint) {
        return switch (checkpoint) {
            case "fast" -> true;
            case "spread" -> false;
            default ->
                throw new IllegalArgumentException("checkpoint is \"" + checkpoint + "\": expected fast or spread");
        };
    }

    static Map<Path, Path> mappings(List<String> tablespaceMappings) {
        Map<Path, Path> mappings = new HashMap<>();
        for (String mapping : tablespaceMappings) {
            int equals = mapping.indexOf('=');
            Path from = Path.of(equals < 0 ? "" : mapping.substring(0, equals));
            Path to = Path.of(mapping.substring(equals + 1));
            if (!from.isAbsolute() || !to.isAbsolute()) {
                throw new IllegalArgumentException(
                        "tablespace mapping is \"" + mapping + "\": expected OLDDIR=NEWDIR with two absolute paths");
            }
            mappings.put(from, to);
        }
        return mappings;
    }

    static OptionalInt rate(@Nullable String rate) {
        if (rate == null) {
            return OptionalInt.empty();
        }
        boolean megabytes = rate.endsWith("M");
        String digits = megabytes || rate.endsWith("k") ? rate.substring(0, rate.length() - 1) : rate;
        try {
            double kilobytes = Double.parseDouble(digits) * (megabytes ? 1024 : 1);
            if (kilobytes >= 32 && kilobytes <= 1048576) {
                return OptionalInt.of((int) kilobytes);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("transfer rate is \"" + rate + "\": expected 32k to 1024M");
    }
}
