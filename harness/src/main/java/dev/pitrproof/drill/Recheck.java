package dev.pitrproof.drill;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.FileChecksum;
import dev.pitrproof.evidence.Attachment;
import dev.pitrproof.evidence.Backup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.LogicalBackup;
import dev.pitrproof.evidence.Objectives;
import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.Target;
import dev.pitrproof.evidence.TransactionRef;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.BackupBounds;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.Snapshot;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges a drill again without a server: the oracle reads the archive once more, and its prediction is compared with what
 * was recorded of the witnesses.
 *
 * <p>What SQL said of the restored data cannot be asked again: these claims are taken as they were recorded.
 */
public final class Recheck {

    /**
     * One thing that was looked at.
     *
     * @param recorded what the evidence says
     * @param recomputed what follows from archive and answers; equal to the former if they agree
     */
    public record Comparison(String what, String recorded, String recomputed) {
        public boolean agrees() {
            return recorded.equals(recomputed);
        }
    }

    /**
     * What came out.
     *
     * @param verdict that follows now
     * @param open what could not be looked at, a line each
     */
    public record Result(Verdict verdict, List<Comparison> comparisons, List<String> open) {

        public Result {
            comparisons = List.copyOf(comparisons);
            open = List.copyOf(open);
        }

        /** Where evidence and archive disagree. */
        public List<Comparison> disagreements() {
            return comparisons.stream()
                    .filter(comparison -> !comparison.agrees())
                    .toList();
        }
    }

    private final Evidence evidence;
    private final Path directory;
    private final WalArchive archive;
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<String> open = new ArrayList<>();

    /** @param directory where the evidence and its attachments are */
    public Recheck(Evidence evidence, Path directory, WalArchive archive) {
        this.evidence = evidence;
        this.directory = directory;
        this.archive = archive;
    }

    /** @throws IOException with a user's message if archive or attachments cannot be read */
    public Result run() throws IOException {
        attachments();
        List<Claim> claims = new ArrayList<>(evidence.claims());
        Backup backup = evidence.backup();
        Target target = evidence.target();
        if (evidence.logicalBackup() != null) {
            dump(evidence.logicalBackup());
        } else if (backup == null || target == null) {
            open.add("the drill ended before its restore was planned: there is nothing to foretell");
        } else {
            TimelineHistory path = path(new TimelineId(target.timeline()));
            Prediction prediction = predict(backup, target, path);
            oracle(prediction, path);
            if (prediction.reach() == Prediction.Reach.REACHED) {
                target(prediction, path).ifPresent(now -> replace(claims, now));
            } else {
                open.add("the recorded answers: this archive does not lead to the target");
            }
        }
        Verdict verdict = Verdict.merge(claims.stream().map(Claim::verdict).toList());
        compare("verdict", evidence.verdict(), verdict);
        return new Result(verdict, comparisons, open);
    }

    /** What a dump holds follows from its snapshot and the commits in the archive, up to the damage. */
    private void dump(LogicalBackup dump) throws IOException {
        ArchivedCommits archived = ArchivedCommits.in(archive, snapshot(dump), lastTimeline());
        archived.problems().forEach(problem -> open.add("all of the WAL: " + problem));
        Objectives objectives = evidence.objectives();
        Objectives.Rpo loss = objectives == null ? null : objectives.rpo();
        List<EndedTransaction> seen = archived.seenBy(snapshot(dump));
        List<EndedTransaction> missing = archived.missedBy(snapshot(dump), loss == null ? null : loss.damage());
        compare("commits that are in the dump", dump.seen(), seen.size());
        compare("the last of them", dump.lastSeen(), reference(seen, seen.size() - 1));
        compare("commits that it lacks", dump.missing(), missing.size());
        compare("the first of them", dump.firstMissing(), reference(missing, 0));
        open.add("the rows that came back: claims about them are taken as they were recorded");
    }

    private static @Nullable TransactionRef reference(List<EndedTransaction> ends, int number) {
        return ends.isEmpty() ? null : EvidenceParts.reference(ends.get(number));
    }

    private static Snapshot snapshot(LogicalBackup dump) throws IOException {
        try {
            return Snapshot.parse(dump.snapshot());
        } catch (IllegalArgumentException e) {
            throw new IOException("the evidence's dump makes no sense: " + e.getMessage(), e);
        }
    }

    /** That which the source wrote to in the end. */
    private TimelineId lastTimeline() throws IOException {
        return evidence.journal() == null
                ? TimelineId.FIRST
                : RecordedAnswers.lastTimeline(directory.resolve(evidence.journal()));
    }

    private void attachments() throws IOException {
        for (Attachment attachment : evidence.attachments()) {
            Path file = directory.resolve(attachment.file());
            compare(
                    "SHA-256 of " + attachment.file(),
                    attachment.sha256(),
                    Files.isRegularFile(file) ? FileChecksum.sha256(file) : "no such file");
        }
    }

    private TimelineHistory path(TimelineId timeline) throws IOException {
        return archive.history(timeline).orElse(TimelineHistory.of(timeline));
    }

    private Prediction predict(Backup backup, Target target, TimelineHistory path) throws IOException {
        WalReader wal = new WalReader(archive, path, archive.segmentSize());
        if (evidence.postgres() != null
                && !evidence.postgres().systemIdentifier().isEmpty()) {
            wal = wal.expecting(Long.parseUnsignedLong(evidence.postgres().systemIdentifier()));
        }
        Lsn redo = Lsn.parse(backup.startLsn());
        BackupBounds bounds = new BackupBounds(
                redo,
                backup.checkpointLsn() == null ? redo : Lsn.parse(backup.checkpointLsn()),
                Lsn.parse(backup.stopLsn()),
                new TimelineId(backup.timeline()),
                "standby".equals(backup.from()));
        return dev.pitrproof.proof.Oracle.predict(wal, bounds, target(target));
    }

    private static RecoveryTarget target(Target target) throws IOException {
        try {
            return RecoveryTarget.of(target.kind(), target.value(), target.inclusive());
        } catch (IllegalArgumentException e) {
            throw new IOException("the evidence's target makes no sense: " + e.getMessage(), e);
        }
    }

    private void oracle(Prediction prediction, TimelineHistory path) {
        Oracle recorded = evidence.oracle();
        boolean reached = prediction.reach() == Prediction.Reach.REACHED;
        if (recorded == null) {
            compare("the target", "cannot be reached", reached ? "can be reached" : "cannot be reached");
            return;
        }
        if (!reached) {
            compare(
                    "the target",
                    "can be reached",
                    "cannot be reached: " + prediction.walEnd().message());
            return;
        }
        Oracle now = EvidenceParts.oracle(prediction, path);
        compare("A, the last to be applied", recorded.lastApplied(), now.lastApplied());
        if (recorded.firstNotApplied() != null) { // there may be one by now: archives grow
            compare("N, the first not to be applied", recorded.firstNotApplied(), now.firstNotApplied());
        }
        compare("end of what is applied", recorded.appliedThroughLsn(), now.appliedThroughLsn());
        compare("transactions that must be committed", recorded.committed(), now.committed());
        compare(
                "commits up to the target that are left out",
                recorded.leftOutThoughEarlier().size(),
                now.leftOutThoughEarlier().size());
        compare("timeline path", recorded.timelinePath(), now.timelinePath());
    }

    private Optional<Claim> target(Prediction prediction, TimelineHistory path) throws IOException {
        Optional<Claim> recorded = evidence.claims().stream()
                .filter(claim -> claim.claim().equals(TargetClaim.NAME))
                .findFirst();
        if (evidence.answers() == null || evidence.postgres() == null || recorded.isEmpty()) {
            open.add("the restored cluster was not asked: there are no answers to judge");
            return Optional.empty();
        }
        RecordedAnswers answers = RecordedAnswers.read(directory.resolve(evidence.answers()));
        JournalSummary journal = evidence.journal() == null
                ? JournalSummary.NONE
                : RecordedAnswers.journal(directory.resolve(evidence.journal()), path);
        Claim now = TargetClaim.judge(
                        prediction,
                        path,
                        Long.parseUnsignedLong(evidence.postgres().systemIdentifier()),
                        answers.paused(),
                        answers.promoted(),
                        journal)
                .claim();
        compare("claim " + TargetClaim.NAME, inWords(recorded.get()), inWords(now));
        return Optional.of(now);
    }

    private static String inWords(Claim claim) {
        return claim.verdict() + " " + claim.code() + " by " + String.join(", ", claim.witnesses());
    }

    private static void replace(List<Claim> claims, Claim now) {
        claims.replaceAll(claim -> claim.claim().equals(now.claim()) ? now : claim);
    }

    private void compare(String what, @Nullable Object recorded, @Nullable Object recomputed) {
        comparisons.add(
                new Comparison(what, Objects.toString(recorded, "nothing"), Objects.toString(recomputed, "nothing")));
    }
}
