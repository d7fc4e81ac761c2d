package dev.pitrproof.scenario;

import dev.pitrproof.backup.BackupCompression;
import dev.pitrproof.backup.BackupFormat;
import dev.pitrproof.backup.ChecksumAlgorithm;
import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.compression.Compression;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the options of a {@code base-backup:}, which are those of the replication client. */
final class BaseBackupReader {

    private static final int RATE_MIN = 32;
    private static final int RATE_MAX = 1 << 20;
    private static final Pattern ROOM = Pattern.compile("([1-9]\\d{0,5})(kB|MB)");

    private final Reading reading;
    private final @Nullable Source source;
    private final MajorRange postgres;
    private final StoryIndex index;

    /** @param source null if it could not be read; then nothing is compared with it */
    BaseBackupReader(Reading reading, @Nullable Source source, MajorRange postgres, StoryIndex index) {
        this.reading = reading;
        this.source = source;
        this.postgres = postgres;
        this.index = index;
    }

    BackupOptions read(Section backup, Text label) {
        BackupOptions usual = BackupOptions.DEFAULT;
        Boolean fast = choice(backup, "checkpoint", Map.of("fast", true, "spread", false));
        Boolean standby = choice(backup, "from", Map.of("source", false, "standby", true));
        BackupFormat format = choice(backup, "format", Map.of("plain", BackupFormat.PLAIN, "tar", BackupFormat.TAR));
        WalMethod wal = choice(
                backup, "wal", Map.of("stream", WalMethod.STREAM, "fetch", WalMethod.FETCH, "none", WalMethod.NONE));
        Boolean mapped = choice(backup, "tablespaces", Map.of("mapped", true, "in-place", false));
        BackupCompression compression = reading.parsed(backup.scalar("compress"), BackupCompression::parse);
        OptionalInt rate = reading.parsed(backup.scalar("max-rate"), BaseBackupReader::rate);
        ChecksumAlgorithm checksums = reading.parsed(backup.text("manifest-checksums"), ChecksumAlgorithm::parse);
        OptionalLong room = reading.parsed(backup.scalar("room"), BaseBackupReader::room);
        BackupOptions options = new BackupOptions(
                or(fast, usual.fastCheckpoint()),
                or(standby, usual.fromStandby()),
                role(backup),
                or(format, usual.format()),
                or(compression, usual.compression()),
                or(wal, usual.wal()),
                or(rate, usual.maxRateKilobytes()),
                or(checksums, usual.manifestChecksums()),
                or(mapped, usual.mapsTablespaces()),
                into(backup, label),
                or(room, usual.roomBytes()));
        check(backup, options);
        return options;
    }

    private static <T> T or(@Nullable T said, T usual) {
        return said == null ? usual : said;
    }

    private <T> @Nullable T choice(Section backup, String key, Map<String, T> choices) {
        Function<String, T> parser = StoryReader.oneOf(key, choices);
        return reading.parsed(backup.text(key), parser);
    }

    private static OptionalInt rate(String text) {
        if (text.matches("\\d{1,7}")) {
            int kilobytes = Integer.parseInt(text);
            if (kilobytes >= RATE_MIN && kilobytes <= RATE_MAX) {
                return OptionalInt.of(kilobytes);
            }
        }
        throw new IllegalArgumentException("max-rate is " + Wording.quoted(text) + ", expected kilobytes a second from "
                + RATE_MIN + " to " + RATE_MAX);
    }

    private static OptionalLong room(String text) {
        Matcher size = ROOM.matcher(text);
        if (!size.matches()) {
            throw new IllegalArgumentException(
                    "room is " + Wording.quoted(text) + ", expected kilobytes or megabytes, such as 512kB or 4MB");
        }
        return OptionalLong.of(Long.parseLong(size.group(1)) << (size.group(2).equals("MB") ? 20 : 10));
    }

    private @Nullable String role(Section backup) {
        Text role = backup.text("as");
        if (role == null || source == null) {
            return null;
        }
        List<String> known = source.roles().stream().map(Source.Role::name).toList();
        if (!known.contains(role.value())) {
            String guess = Wording.didYouMean(role.value(), known);
            reading.problem(
                    role.position(),
                    "unknown role " + Wording.quoted(role.value()) + ", expected one from roles: under source:",
                    guess != null ? guess : "add it there, for example roles: [{ name: " + role.value() + " }]");
        }
        return role.value();
    }

    private @Nullable String into(Section backup, Text label) {
        Text into = backup.text("into");
        if (into == null) {
            return null;
        }
        if (into.value().equals(label.value()) || (!index.backups().containsKey(into.value()) && index.isWhole())) {
            reading.problem(
                    into.position(),
                    "unknown backup label " + Wording.quoted(into.value()) + ", expected an earlier backup's",
                    "into: is for a directory that is taken; without it each backup has its own");
        }
        return into.value();
    }

    private void check(Section backup, BackupOptions options) {
        Position promotion = index.promotion();
        if (options.fromStandby() && source != null && !source.hasStandby()) {
            reading.problem(
                    backup.valuePosition("from"),
                    "the source has no standby, expected one to take the backup from",
                    "add standby: true under source:");
        } else if (options.fromStandby() && promotion != null) {
            reading.problem(
                    backup.valuePosition("from"),
                    "the standby is none any more, expected a backup of the source",
                    "it is promoted in line " + promotion.line() + ", and is the source from then on: leave from: out");
        }
        BackupCompression compression = options.compression();
        if (compression.level().method() == Compression.NONE) {
            return;
        }
        boolean onServer = compression.side() == BackupCompression.Side.SERVER;
        if (onServer && postgres.contains(14)) {
            reading.problem(
                    backup.valuePosition("compress"),
                    "compression on the server with PostgreSQL 14, expected 15 or newer",
                    "write postgres: 15-18, or compress on the client");
        } else if (!onServer && options.format() == BackupFormat.PLAIN) {
            reading.problem(
                    backup.valuePosition("compress"),
                    "found compression on the client in a plain backup, expected format: tar",
                    "or compress: \"server-gzip\", which saves bytes on the way only");
        }
    }
}
