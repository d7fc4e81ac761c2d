package dev.pitrproof.fault;

import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.RecoveryTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One thing that goes wrong between a restored data directory and its server, and the findings that must tell.
 * {@code ENVIRONMENT} among them means that the server dies.
 */
public enum RestoreFault {
    NO_SIGNAL_FILE("recovery.signal is missing", FindingCode.NOT_RECOVERED, FindingCode.ENVIRONMENT) {
        @Override
        public void strike(Path dataDirectory, Map<String, String> settings) throws IOException {
            Files.delete(dataDirectory.resolve(SIGNAL_FILE));
        }
    },
    /** What PostgreSQL 11 and older had. */
    WRONG_SIGNAL_FILE("recovery.conf is there instead of recovery.signal", FindingCode.ENVIRONMENT) {
        @Override
        public void strike(Path dataDirectory, Map<String, String> settings) throws IOException {
            Files.move(dataDirectory.resolve(SIGNAL_FILE), dataDirectory.resolve("recovery.conf"));
        }
    },
    /** A standby heeds a recovery target too, and is promoted at it: this is no damage, and the proof must hold. */
    STANDBY_SIGNAL_FILE("standby.signal is there instead of recovery.signal", FindingCode.TARGET_EXACT) {
        @Override
        public void strike(Path dataDirectory, Map<String, String> settings) throws IOException {
            Files.move(dataDirectory.resolve(SIGNAL_FILE), dataDirectory.resolve("standby.signal"));
        }
    },
    TOO_EARLY("the server is told to stop as soon as it is consistent", FindingCode.STOPPED_EARLY) {
        @Override
        public Optional<RecoveryTarget> shiftedTarget(Prediction sound) {
            return Optional.of(new RecoveryTarget.Immediate());
        }
    },
    ONE_COMMIT_SHORT("the server is told to stop one commit sooner", FindingCode.STOPPED_EARLY) {
        @Override
        public Optional<RecoveryTarget> shiftedTarget(Prediction sound) {
            List<EndedTransaction> commits = commits(sound.applied());
            return commits.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new RecoveryTarget.AtLsn(
                            commits.get(commits.size() - 1).lsn(), false));
        }
    },
    /** Behind the target it may come upon WAL that it was not made ready for, and die of that. */
    ONE_COMMIT_OVER("the server is told to stop one commit later", FindingCode.STOPPED_LATE, FindingCode.ENVIRONMENT) {
        @Override
        public Optional<RecoveryTarget> shiftedTarget(Prediction sound) {
            return commits(sound.notApplied()).stream()
                    .findFirst()
                    .map(commit -> new RecoveryTarget.AtLsn(commit.lsn(), true));
        }
    },
    TOO_LATE("the server is told to stop at the end of the WAL", FindingCode.STOPPED_LATE, FindingCode.ENVIRONMENT) {
        @Override
        public Optional<RecoveryTarget> shiftedTarget(Prediction sound) {
            return Optional.of(new RecoveryTarget.Latest());
        }
    },
    /** Needs the archive that {@link ArchiveFault#SECOND_TIMELINE} leaves. */
    NEWEST_TIMELINE("the server follows the second timeline", FindingCode.WRONG_BRANCH) {
        @Override
        public void strike(Path dataDirectory, Map<String, String> settings) {
            settings.put("recovery_target_timeline", "latest");
        }
    },
    /** Exit codes from 1 to 125 mean the end of the archive to a server, which then goes on with what it has. */
    LYING_RESTORE_COMMAND(
            "the restore command says that there is no WAL", FindingCode.STOPPED_EARLY, FindingCode.ENVIRONMENT) {
        @Override
        public void strike(Path dataDirectory, Map<String, String> settings) {
            settings.put("restore_command", "exit 1");
        }
    };

    private static final String SIGNAL_FILE = "recovery.signal";

    private static final List<String> TARGETS = List.of(
            "recovery_target",
            "recovery_target_lsn",
            "recovery_target_name",
            "recovery_target_time",
            "recovery_target_xid");

    private final String words;

    @SuppressWarnings("ImmutableEnumChecker") // a copy that nobody can change
    private final Set<FindingCode> findings;

    RestoreFault(String words, FindingCode... findings) {
        this.words = words;
        this.findings = Set.copyOf(List.of(findings));
    }

    /** Strikes before the server starts; a fault of the target, only through {@link #retarget}. */
    public void strike(Path dataDirectory, Map<String, String> settings) throws IOException {
        throw new IllegalStateException(this + " is about the target");
    }

    /** Whether the server is told another target than it should. */
    public boolean isAboutTarget() {
        return switch (this) {
            case TOO_EARLY, ONE_COMMIT_SHORT, ONE_COMMIT_OVER, TOO_LATE -> true;
            case NO_SIGNAL_FILE, WRONG_SIGNAL_FILE, STANDBY_SIGNAL_FILE, NEWEST_TIMELINE, LYING_RESTORE_COMMAND ->
                false;
        };
    }

    /** The target that the server is told instead; empty where there is none, or the fault is another one. */
    public Optional<RecoveryTarget> shiftedTarget(Prediction sound) {
        return Optional.empty();
    }

    /** Puts another target into a server's settings. */
    public static void retarget(Map<String, String> settings, RecoveryTarget target) {
        TARGETS.forEach(settings::remove);
        settings.putAll(target.parameter());
        settings.put("recovery_target_inclusive", target.inclusive() ? "on" : "off");
    }

    private static List<EndedTransaction> commits(List<EndedTransaction> ends) {
        return ends.stream().filter(EndedTransaction::committed).toList();
    }

    /** For people. */
    public String words() {
        return words;
    }

    /** Any of these is the right reason. */
    public Set<FindingCode> findings() {
        return findings;
    }
}
