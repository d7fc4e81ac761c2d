package dev.pitrproof.drill;

import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.fault.ArchiveFault;
import dev.pitrproof.fault.ArchiveScene;
import dev.pitrproof.fault.BackupFault;
import dev.pitrproof.fault.RestoreFault;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;

/**
 * A restore that was done, to be done again with something wrong, so that somebody sees what comes of that. What it makes
 * goes with the story that it is of.
 */
public final class Rehearsal {

    /**
     * What came of it.
     *
     * @param why the finding's code; {@code ENVIRONMENT} also where the server died
     */
    public record Result(String fault, Verdict verdict, String why) {

        /** Whether there was no server to ask. */
        public boolean serverDied() {
            return why.equals(FindingCode.ENVIRONMENT.name());
        }
    }

    /** Copies of a backup and its archive, in one of which something is wrong. */
    public record BrokenCopies(Path backup, Path archive) {}

    private final Sandbox sandbox;
    private final DrillFacts facts;
    private final RestorePlan plan;
    private final Duration patience;
    private final DrillListener listener;

    Rehearsal(Sandbox sandbox, DrillFacts facts, RestorePlan plan, Duration patience, DrillListener listener) {
        this.sandbox = sandbox;
        this.facts = facts;
        this.plan = plan;
        this.patience = patience;
        this.listener = listener;
    }

    /** Restores once more, with one thing wrong between the copy and its server. */
    public Result of(RestoreFault fault) throws IOException {
        listener.progress(Progress.of("restoring once more: " + fault.words()));
        JournalSummary journal = facts.journal(plan.path());
        RepeatedProof proof = new RepeatedProof(
                sandbox,
                "rehearsal-of-" + facts.assignment().drill(),
                plan,
                facts.targetInWords(),
                RestoreDrill.Access.DEFAULT,
                journal,
                patience);
        SabotageTrial trial =
                new SabotagedRestores(proof, new SabotagedArchives(proof, listener), listener).trial(fault);
        plan.archive().close();
        if (trial instanceof SabotageTrial.Tried tried) {
            return new Result(fault.words(), tried.verdict(), tried.code());
        }
        String why = trial instanceof SabotageTrial.NotApplicable not
                ? not.why()
                : trial.line().get("why") + "";
        throw new IOException(fault.words() + " could not be tried: " + why);
    }

    /** Makes copies of what was restored from, with a fault in one of them. */
    public BrokenCopies broken(HiddenFault fault) throws IOException {
        listener.progress(Progress.of("making copies"));
        Path backup = sandbox.createDirectory("given-backup");
        Path archive = sandbox.createDirectory("given-archive");
        SabotagedBackups.copy(plan.backup().directory(), backup);
        plan.archive().stage(plan.files(), archive);
        plan.archive().close();
        switch (fault) {
            case LOST_SEGMENT -> strike(ArchiveFault.LOST_SEGMENT, archive);
            case TRUNCATED_SEGMENT -> strike(ArchiveFault.TRUNCATED_SEGMENT, archive);
            case SWAPPED_SEGMENTS -> strike(ArchiveFault.SWAPPED_SEGMENTS, archive);
            case FOREIGN_SEGMENT -> strike(ArchiveFault.FOREIGN_SEGMENT, archive);
            case ENLARGED_FILE -> strike(BackupFault.APPENDED_BYTE, backup);
            case CHANGED_BYTE -> strike(BackupFault.FLIPPED_BYTE, backup);
            case MISSING_FILE -> strike(BackupFault.MISSING_FILE, backup);
        }
        return new BrokenCopies(backup, archive);
    }

    private void strike(ArchiveFault fault, Path archive) throws IOException {
        fault.strike(
                new ArchiveScene(archive, plan.path(), plan.backup().timeline(), plan.segments(), needed(), false));
    }

    /** A record that recovery needs, in a segment that has one behind it: what ends an archive is no gap. */
    private Lsn needed() throws IOException {
        long last = plan.segments().stream()
                .max(Comparator.naturalOrder())
                .map(SegmentName::number)
                .orElse(0L);
        int segmentSize = plan.archive().segmentSize();
        return plan.prediction().applied().stream()
                .filter(one -> SegmentName.holding(one.timeline(), one.lsn(), segmentSize)
                                .number()
                        < last)
                .map(EndedTransaction::lsn)
                .max(Comparator.naturalOrder())
                .orElseThrow(() -> new IOException("the archive has one segment only, and none that could be broken"));
    }

    private void strike(BackupFault fault, Path backup) throws IOException {
        fault.strike(backup.resolve(SabotagedBackups.largestTable(plan.backup())
                .orElseThrow(() -> new IOException("the backup has no manifest that names a table's file"))));
    }

    /** Where the backup is that was restored from. */
    public Path backup() {
        return plan.backup().directory();
    }

    /** Where its WAL is. */
    public Path archive() {
        return plan.archive()
                .store()
                .directory()
                .orElseThrow(() -> new IllegalStateException("a story archives into a directory"));
    }
}
