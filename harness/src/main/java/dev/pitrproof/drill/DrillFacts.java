package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveFingerprint;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Sweep;
import dev.pitrproof.proof.BackupBounds;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.PromotedAnswers;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.CopyMethod;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What one restore has brought to light so far; parts stay null when it did not come to them. */
final class DrillFacts {

    private final Assignment assignment;
    private final RecoveryTarget target;
    private final String targetInWords;
    private final @Nullable StoryFacts story;
    private final Map<String, Path> attachments = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, String> isolation = new LinkedHashMap<>();
    private @Nullable BaseBackup backup;
    private @Nullable BackupBounds bounds;
    private @Nullable ArchiveRange archive;
    private @Nullable PlanOutcome outcome;
    private @Nullable ArchiveFingerprint fingerprint;
    private @Nullable PausedAnswers paused;
    private @Nullable PromotedAnswers promoted;
    private TargetClaim.@Nullable Judgement judgement;
    private Map<String, Double> phases = Map.of();
    private @Nullable CopyMethod copyMethod;
    private boolean restoredElsewhere;
    private @Nullable Double checkSeconds;
    private @Nullable Sweep sweep;
    private List<Path> chain = List.of();

    /** How much WAL the archive holds. */
    record ArchiveRange(int segments, Lsn first, Lsn last) {}

    /** @param story null for a backup that was made elsewhere */
    DrillFacts(Assignment assignment, RecoveryTarget target, String targetInWords, @Nullable StoryFacts story) {
        this.assignment = assignment;
        this.target = target;
        this.targetInWords = targetInWords;
        this.story = story;
    }

    Assignment assignment() {
        return assignment;
    }

    RecoveryTarget target() {
        return target;
    }

    String targetInWords() {
        return targetInWords;
    }

    Optional<StoryFacts> story() {
        return Optional.ofNullable(story);
    }

    void planned(BaseBackup backup, WalArchive archive, PlanOutcome outcome) throws IOException {
        this.backup = backup;
        this.bounds = RestorePlanner.bounds(backup);
        this.outcome = outcome;
        var segments = archive.segments();
        this.archive = new ArchiveRange(
                segments.size(),
                segments.get(0).start(),
                segments.get(segments.size() - 1).end());
    }

    void fingerprint(ArchiveFingerprint fingerprint) {
        this.fingerprint = fingerprint;
    }

    /** A file to keep beside the evidence, under the given name. */
    void attach(String name, Path file) {
        attachments.put(name, file);
    }

    /** What a reader should know, and no verdict hangs on. */
    void note(List<String> lines) {
        notes.addAll(lines);
    }

    List<String> notes() {
        return notes;
    }

    /** The backup that is restored was combined from these, oldest first. */
    void combinedFrom(List<Path> backups) {
        chain = List.copyOf(backups);
    }

    /** The backups that were combined, oldest first; empty if a full one is restored as it is. */
    List<Path> chain() {
        return chain;
    }

    /** Another tool did the restore: how long it took is not known. */
    void restoredElsewhere() {
        restoredElsewhere = true;
    }

    boolean isRestoredElsewhere() {
        return restoredElsewhere;
    }

    /** How far the restored server itself was kept from doing harm, by item. */
    void isolated(Map<String, String> levels) {
        isolation.putAll(levels);
    }

    Map<String, String> isolation() {
        return isolation;
    }

    void paused(PausedAnswers answers) {
        paused = answers;
    }

    void promoted(PromotedAnswers answers) {
        promoted = answers;
    }

    void phases(Map<String, Double> phases) {
        this.phases = new LinkedHashMap<>(phases);
    }

    /** How long the claims about the restored data took to judge. */
    void checked(double seconds) {
        checkSeconds = seconds;
    }

    Optional<Double> checkSeconds() {
        return Optional.ofNullable(checkSeconds);
    }

    void copied(CopyMethod method) {
        copyMethod = method;
    }

    void swept(Sweep sweep) {
        this.sweep = sweep;
    }

    Claim judgeTarget(RestorePlan plan) {
        judgement = TargetClaim.judge(
                plan.prediction(),
                plan.path(),
                plan.backup().systemIdentifier(),
                Objects.requireNonNull(paused),
                promoted,
                journal(plan.path()));
        return judgement.claim();
    }

    /** What the clients were told, on a way through the timelines. */
    JournalSummary journal(TimelineHistory path) {
        return story().map(story -> story.journal(path)).orElse(JournalSummary.NONE);
    }

    /** As {@link Assignment#leaveOpen}, where there was nothing to prove. */
    void leaveOpen(List<Claim> claims, String why) {
        leaveOpen(claims, FindingCode.NOTHING_TO_PROVE, why);
    }

    /** The same for a reason that has a code of its own. */
    void leaveOpen(List<Claim> claims, FindingCode code, String why) {
        assignment.leaveOpen(claims, why, code);
    }

    /** From the decision to restore until the cluster accepted writes. */
    double recoverySeconds() {
        return phases.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    Optional<Prediction> prediction() {
        return Optional.ofNullable(outcome).map(PlanOutcome::prediction);
    }

    Optional<BaseBackup> backup() {
        return Optional.ofNullable(backup);
    }

    /** Where the backup becomes consistent; 0/0 where only its end-of-backup record tells. */
    Optional<Lsn> consistentFrom() {
        return Optional.ofNullable(bounds).map(BackupBounds::end);
    }

    Optional<ArchiveRange> archive() {
        return Optional.ofNullable(archive);
    }

    Optional<RestorePlan> plan() {
        return outcome instanceof PlanOutcome.Reachable reachable ? Optional.of(reachable.plan()) : Optional.empty();
    }

    Optional<PlanOutcome.Refused> refused() {
        return outcome instanceof PlanOutcome.Refused refused ? Optional.of(refused) : Optional.empty();
    }

    Optional<ArchiveFingerprint> fingerprint() {
        return Optional.ofNullable(fingerprint);
    }

    Optional<PausedAnswers> paused() {
        return Optional.ofNullable(paused);
    }

    Optional<PromotedAnswers> promoted() {
        return Optional.ofNullable(promoted);
    }

    Optional<TargetClaim.Judgement> judgement() {
        return Optional.ofNullable(judgement);
    }

    Optional<CopyMethod> copyMethod() {
        return Optional.ofNullable(copyMethod);
    }

    Optional<Sweep> sweep() {
        return Optional.ofNullable(sweep);
    }

    Map<String, Double> phases() {
        return phases;
    }

    Map<String, Path> attachments() {
        return attachments;
    }
}
