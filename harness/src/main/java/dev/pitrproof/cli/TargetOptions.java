package dev.pitrproof.cli;

import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where recovery is to stop, with PostgreSQL's words for it; as a picocli mixin. */
final class TargetOptions {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--target-time",
            paramLabel = "TIME",
            converter = Position.Converter.class,
            description = "a time with its zone: 2026-03-01T13:59:00+01:00 or 2026-03-01 13:59[Europe/Berlin]")
    private @Nullable Position time;

    @Option(names = "--target-lsn", paramLabel = "LSN", description = "a position in the WAL: 0/16B3748")
    private @Nullable String lsn;

    @Option(names = "--target-xid", paramLabel = "XID", description = "a transaction")
    private @Nullable Long xid;

    @Option(names = "--target-name", paramLabel = "NAME", description = "a restore point")
    private @Nullable String name;

    @Option(names = "--target-immediate", description = "as soon as the backup is consistent")
    private boolean immediate;

    @Option(names = "--target-latest", description = "the end of the archive")
    private boolean latest;

    @Option(names = "--target-exclusive", description = "stop just before the target, not just behind it")
    private boolean exclusive;

    @Option(
            names = "--target-timeline",
            paramLabel = "TIMELINE",
            description = "the timeline to follow: a number, current (the backup's) or latest, as PostgreSQL has it"
                    + " (default: the one that leads there)")
    private @Nullable String timeline;

    /**
     * The one target that is asked for.
     *
     * @throws ParameterException if there is none or more than one, or its value is not one
     */
    RecoveryTarget target() {
        List<String> given = new ArrayList<>();
        addIf(given, time != null, "--target-time");
        addIf(given, lsn != null, "--target-lsn");
        addIf(given, xid != null, "--target-xid");
        addIf(given, name != null, "--target-name");
        addIf(given, immediate, "--target-immediate");
        addIf(given, latest, "--target-latest");
        if (given.size() != 1) {
            throw usage(
                    given.isEmpty()
                            ? "no target is named: expected one of --target-time, -lsn, -xid, -name, -immediate, -latest"
                            : "found " + String.join(" and ", given) + ", expected one target");
        }
        if (exclusive && (name != null || immediate || latest)) {
            throw usage(
                    "--target-exclusive goes with --target-time, --target-lsn and --target-xid, found " + given.get(0));
        }
        if (time != null) {
            Instant instant = time.time();
            if (instant == null) {
                throw usage("--target-time=" + time.lsn() + " is a position: expected a time, or --target-lsn");
            }
            return new RecoveryTarget.Time(instant, !exclusive);
        }
        try {
            if (lsn != null) {
                return new RecoveryTarget.AtLsn(Lsn.parse(lsn), !exclusive);
            }
            if (name != null) {
                return new RecoveryTarget.Name(name);
            }
        } catch (IllegalArgumentException e) {
            throw usage((lsn != null ? "--target-lsn: " : "--target-name: ") + e.getMessage());
        }
        if (xid != null) {
            if (xid < 3) {
                throw usage("--target-xid=" + xid + " is no transaction: expected 3 or more");
            }
            // PostgreSQL compares 32 bits, and takes a 64 bit xid as pg_current_xact_id() gives it
            return new RecoveryTarget.Xid(xid.intValue(), !exclusive);
        }
        return immediate ? new RecoveryTarget.Immediate() : new RecoveryTarget.Latest();
    }

    /** What {@link #target} returned, as a sentence has it. */
    String inWords(RecoveryTarget target) {
        String value = target.value().isEmpty() ? "" : " " + target.value();
        return "target " + target.kind() + value + (exclusive ? " (exclusive)" : "");
    }

    /** The timeline the user named. */
    Optional<TimelineChoice> timeline() {
        if (timeline == null) {
            return Optional.empty();
        }
        return Optional.of(
                switch (timeline) {
                    case "current" -> new TimelineChoice.Current();
                    case "latest" -> new TimelineChoice.Latest();
                    default -> new TimelineChoice.Numbered(number(timeline));
                });
    }

    private TimelineId number(String text) {
        try {
            return TimelineId.parse(text);
        } catch (IllegalArgumentException e) {
            throw usage("--target-timeline=" + text + " is no timeline: expected 1 or more, current or latest");
        }
    }

    private static void addIf(List<String> list, boolean given, String option) {
        if (given) {
            list.add(option);
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
