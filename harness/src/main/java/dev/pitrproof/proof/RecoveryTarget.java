package dev.pitrproof.proof;

import dev.pitrproof.wal.Lsn;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;

/**
 * Where recovery is asked to stop, in the terms of PostgreSQL's {@code recovery_target*} settings.
 *
 * <p>{@code inclusive} is {@code recovery_target_inclusive}; PostgreSQL honours it for time, xid and LSN only.
 */
public sealed interface RecoveryTarget {

    /** The word for this kind of target in evidence and messages. */
    String kind();

    /** The target's value in words; empty where it has none. */
    String value();

    boolean inclusive();

    /** The target as PostgreSQL's own parameter: its name and value; empty for the end of the WAL. */
    Map<String, String> parameter();

    /**
     * The target that evidence tells of.
     *
     * @throws IllegalArgumentException if there is no such kind, or the value is none of it
     */
    static RecoveryTarget of(String kind, String value, boolean inclusive) {
        return switch (kind) {
            case "time" -> {
                try {
                    yield new Time(Instant.parse(value), inclusive);
                } catch (DateTimeException e) {
                    throw new IllegalArgumentException("time is \"" + value + "\", expected one in UTC", e);
                }
            }
            case "xid" -> new Xid(Integer.parseUnsignedInt(value), inclusive);
            case "lsn" -> new AtLsn(Lsn.parse(value), inclusive);
            case "name" -> new Name(value);
            case "immediate" -> new Immediate();
            case "latest" -> new Latest();
            default -> throw new IllegalArgumentException("target kind is \"" + kind + "\"");
        };
    }

    /**
     * Stops before the first transaction end later than {@code time} (exclusive: at or later than).
     *
     * @param time finer digits than microseconds are cut off: PostgreSQL has none
     */
    record Time(Instant time, boolean inclusive) implements RecoveryTarget {

        public Time {
            time = time.truncatedTo(ChronoUnit.MICROS);
        }

        // with a numeric offset: PostgreSQL refuses zone abbreviations here, and reads a bare time in any zone
        private static final DateTimeFormatter PARAMETER_FORMAT = DateTimeFormatter.ofPattern(
                        "uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
                .withZone(ZoneOffset.UTC);

        @Override
        public String kind() {
            return "time";
        }

        @Override
        public String value() {
            return time.toString();
        }

        @Override
        public Map<String, String> parameter() {
            return Map.of("recovery_target_time", PARAMETER_FORMAT.format(time) + "+00");
        }
    }

    /**
     * Stops after (exclusive: before) the end record of one transaction.
     *
     * @param xid 32 bits, as PostgreSQL compares them
     */
    record Xid(int xid, boolean inclusive) implements RecoveryTarget {
        @Override
        public String kind() {
            return "xid";
        }

        @Override
        public String value() {
            return Integer.toUnsignedString(xid);
        }

        @Override
        public Map<String, String> parameter() {
            return Map.of("recovery_target_xid", value());
        }
    }

    /** Stops after (exclusive: before) the first record that starts at or behind {@code lsn}. */
    record AtLsn(Lsn lsn, boolean inclusive) implements RecoveryTarget {
        @Override
        public String kind() {
            return "lsn";
        }

        @Override
        public String value() {
            return lsn.toString();
        }

        @Override
        public Map<String, String> parameter() {
            return Map.of("recovery_target_lsn", value());
        }
    }

    /** Stops after the first restore point of this name. */
    record Name(String name) implements RecoveryTarget {

        private static final int BYTES_MAX = 63;

        /** @throws IllegalArgumentException if no restore point can have the name; the message is fit for a user */
        public Name {
            int bytes = name.getBytes(StandardCharsets.UTF_8).length;
            // to the server an empty name is no target at all: it would replay everything
            if (bytes == 0 || bytes > BYTES_MAX) {
                throw new IllegalArgumentException("\"" + name + "\" is no restore point's name: expected 1 to "
                        + BYTES_MAX + " bytes, found " + bytes);
            }
        }

        @Override
        public String kind() {
            return "name";
        }

        @Override
        public String value() {
            return name;
        }

        @Override
        public Map<String, String> parameter() {
            return Map.of("recovery_target_name", name);
        }

        @Override
        public boolean inclusive() {
            return true;
        }
    }

    /** Stops as soon as the backup is consistent. */
    record Immediate() implements RecoveryTarget {
        @Override
        public String kind() {
            return "immediate";
        }

        @Override
        public String value() {
            return "";
        }

        @Override
        public Map<String, String> parameter() {
            return Map.of("recovery_target", "immediate");
        }

        @Override
        public boolean inclusive() {
            return true;
        }
    }

    /** Replays all the WAL there is. */
    record Latest() implements RecoveryTarget {
        @Override
        public String kind() {
            return "latest";
        }

        @Override
        public String value() {
            return "";
        }

        @Override
        public Map<String, String> parameter() {
            return Map.of();
        }

        @Override
        public boolean inclusive() {
            return true;
        }
    }
}
