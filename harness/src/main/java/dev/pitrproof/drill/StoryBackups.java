package dev.pitrproof.drill;

import dev.pitrproof.backup.BackupFormat;
import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.FullDisk;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.impact.MeasuredBackup;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.BackupOptions;
import dev.pitrproof.scenario.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the base backups of a story, those that are meant to fail among them. */
final class StoryBackups {

    private static final Logger LOG = LoggerFactory.getLogger(StoryBackups.class);

    private final SourceServer source;
    private final Path directory;
    private final DrillListener listener;
    private final List<Impact.OfBackup> impacts = new ArrayList<>();
    private final Map<String, BaseBackup> complete = new LinkedHashMap<>();
    private final Map<String, String> missing = new LinkedHashMap<>();
    private final List<Claim> findings = new ArrayList<>();

    /**
     * What became of them.
     *
     * @param complete by label
     * @param missing by label, why there is no such backup
     * @param findings whether those failed that were meant to, and for the reason that the scenario gives
     */
    record Taken(Map<String, BaseBackup> complete, Map<String, String> missing, List<Claim> findings) {}

    /** @param directory exists; each backup becomes a directory below it */
    StoryBackups(SourceServer source, Path directory, DrillListener listener) {
        this.source = source;
        this.directory = directory;
        this.listener = listener;
    }

    /** What each did to the source, in the order in which they were taken. */
    List<Impact.OfBackup> impacts() {
        return impacts;
    }

    Taken taken() {
        return new Taken(complete, missing, findings);
    }

    /**
     * Takes one.
     *
     * @return what became of it, in words
     * @throws IOException if there is none, though it was not meant to fail
     */
    String take(Step.BaseBackup step) throws IOException, SQLException {
        if (step.options().fromStandby()) {
            source.standby().awaitReplayed(source.flushed());
        }
        if (step.options().roomBytes().isPresent() && !FullDisk.isHere()) {
            throw new SandboxException(
                    SandboxException.Kind.ENVIRONMENT,
                    "this machine has no /dev/full, which stands for a full disk in backup \"" + step.label() + "\"",
                    "run the scenario on Linux, or leave out room:",
                    null);
        }
        String expected = step.failsWith();
        List<String> before = files();
        try {
            MeasuredBackup measured =
                    MeasuredBackup.take(source.connection(step.options()), request(step), new ToldBackup(listener));
            BaseBackup backup = measured.backup();
            complete.put(step.label(), backup);
            impacts.add(measured.impact());
            listener.measured(measured.impact());
            if (expected != null) {
                findings.add(finding(step.label(), expected, "it was taken", false));
            }
            return String.format(
                    Locale.ROOT,
                    "\"%s\", %.1f MB in %.1f s",
                    step.label(),
                    backup.bytes() / 1e6,
                    backup.took().toNanos() / 1e9);
        } catch (IOException e) {
            if (expected == null) {
                throw e;
            }
            LOG.debug("backup {} failed", step.label(), e);
            String message = BreakOff.inWords(e);
            missing.put(step.label(), message);
            findings.add(finding(
                    step.label(),
                    expected,
                    message,
                    message.toLowerCase(Locale.ROOT).contains(expected.toLowerCase(Locale.ROOT))));
            if (step.options().roomBytes().isPresent()) {
                findings.add(leavings(step, before));
            }
            return "\"" + step.label() + "\" failed: " + message;
        }
    }

    private static Claim finding(String label, String expected, String found, boolean asExpected) {
        return new Claim(
                "backup-fails: " + label,
                asExpected ? Verdict.PROVEN : Verdict.REFUTED,
                (asExpected ? FindingCode.STORY_AS_TOLD : FindingCode.STORY_DIFFERS).name(),
                "a backup that fails with \"" + expected + "\"",
                found,
                asExpected ? null : "correct fails-with:, or what is to make the backup fail",
                List.of("replication client"));
    }

    /** Half a backup that has the name of a whole one is worse than none: somebody will restore it. */
    private Claim leavings(Step.BaseBackup step, List<String> before) throws IOException {
        List<String> left = new ArrayList<>(files());
        left.removeAll(before);
        return new Claim(
                "backup-leaves-nothing: " + step.label(),
                left.isEmpty() ? Verdict.PROVEN : Verdict.REFUTED,
                (left.isEmpty() ? FindingCode.STORY_AS_TOLD : FindingCode.STORY_DIFFERS).name(),
                "nothing of the failed backup is left that somebody could take for a whole one",
                left.isEmpty() ? "its directory is gone" : "left behind: " + String.join(", ", left),
                left.isEmpty() ? null : "remove it before the next backup",
                List.of("backups' files"));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private static String place(Step.BaseBackup step) {
        String into = step.options().into();
        return into == null ? step.label() : into;
    }

    private BackupRequest request(Step.BaseBackup step) throws IOException {
        BackupOptions options = step.options();
        return BackupRequest.into(directory.resolve(place(step)), step.label())
                .fastCheckpoint(options.fastCheckpoint())
                .format(options.format())
                .compression(options.compression())
                .wal(options.wal())
                .maxRateKilobytes(options.maxRateKilobytes())
                .manifestChecksums(options.manifestChecksums())
                .tablespaceMappings(mappings(step))
                .incrementalTo(manifest(step))
                .roomBytes(options.roomBytes())
                .sync(false)
                .build();
    }

    /** Of the backup that this one is incremental to. */
    private @Nullable Path manifest(Step.BaseBackup step) throws IOException {
        if (step.incrementalTo() == null) {
            return null;
        }
        BaseBackup earlier = complete.get(step.incrementalTo());
        if (earlier == null) {
            throw new IOException("backup \"" + step.incrementalTo() + "\", to which \"" + step.label()
                    + "\" is incremental, was never completed");
        }
        return earlier.directory().resolve(BackupManifest.FILE_NAME);
    }

    private Map<Path, Path> mappings(Step.BaseBackup step) {
        Map<Path, Path> mappings = new LinkedHashMap<>();
        if (step.options().mapsTablespaces() && step.options().format() == BackupFormat.PLAIN) {
            Map<String, Path> places =
                    step.options().fromStandby() ? source.standby().tablespaces() : source.tablespaces();
            for (Map.Entry<String, Path> place : places.entrySet()) {
                // no label can hold a plus sign, so that this is no other backup's directory
                Path home = directory.resolve(step.label() + "+tablespaces");
                mappings.put(place.getValue(), home.resolve(place.getKey()));
            }
        }
        return mappings;
    }
}
