package dev.pitrproof.fault;

import dev.pitrproof.proof.FindingCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One thing that goes wrong between a restored data directory and its server, and the findings that must tell. */
public enum RestoreFault {
    NO_SIGNAL_FILE("recovery.signal is missing", FindingCode.NOT_RECOVERED, FindingCode.ENVIRONMENT) {
        @Override
        public void strike(Path dataDirectory, Map<String, String> settings) throws IOException {
            Files.delete(dataDirectory.resolve("recovery.signal"));
        }
    },
    TOO_EARLY("the server is told to stop as soon as it is consistent", FindingCode.STOPPED_EARLY) {
        @Override
        public void strike(Path dataDirectory, Map<String, String> settings) {
            retarget(settings);
            settings.put("recovery_target", "immediate");
        }
    },
    TOO_LATE("the server is told to stop at the end of the WAL", FindingCode.STOPPED_LATE) {
        @Override
        public void strike(Path dataDirectory, Map<String, String> settings) {
            retarget(settings);
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

    /** Strikes before the server starts. */
    public abstract void strike(Path dataDirectory, Map<String, String> settings) throws IOException;

    private static void retarget(Map<String, String> settings) {
        TARGETS.forEach(settings::remove);
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
