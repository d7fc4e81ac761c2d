package dev.pitrproof.html;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Objectives.Rpo;
import dev.pitrproof.evidence.Objectives.Rto;
import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.evidence.TransactionRef;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.prose.Aim;
import dev.pitrproof.prose.Prose;
import dev.pitrproof.prose.Wording;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the page of one drill says, in the words it says it in.
 *
 * @param page the page's address, and its pictures'
 * @param name what the drill is called, unique in the report
 * @param wide the picture of the story for pages with room, null when there is nothing to draw
 * @param narrow the same for telephones
 * @param beside what the restores of the same story lost, where one of them is of a dump
 */
public record DrillView(
        PageName page,
        String name,
        Evidence evidence,
        Aim aim,
        @Nullable StoryPicture wide,
        @Nullable StoryPicture narrow,
        List<FileLink> files,
        List<SideBySide> beside) {

    /** After a step of the clock these can be thousands. */
    private static final int TRANSACTIONS_SHOWN = 10;

    /**
     * A part of the recovery time.
     *
     * @param text its length, written
     */
    public record Phase(String name, double seconds, String text) {}

    /**
     * Transactions of which only the first are listed.
     *
     * @param more how many there are besides, written; null when these are all
     */
    public record Transactions(
            List<TransactionRef> first, @Nullable String more) {}

    /**
     * The page of one drill.
     *
     * @param drills all of the report, this one among them
     * @param evidenceSha256 of the evidence's file, null when it is not at hand
     */
    static DrillView of(EvidenceOnDisk drill, List<EvidenceOnDisk> drills, @Nullable String evidenceSha256) {
        Evidence evidence = drill.evidence();
        StoryPicture wide = StoryPicture.wide(evidence);
        return new DrillView(
                PageName.of(drill),
                drill.name(),
                evidence,
                Aim.of(evidence),
                wide.isEmpty() ? null : wide,
                wide.isEmpty() ? null : StoryPicture.narrow(evidence),
                FileLink.of(drill, evidenceSha256),
                SideBySide.of(drill, drills));
    }

    public String outcome() {
        return Prose.outcome(evidence);
    }

    public String why() {
        return Prose.why(evidence);
    }

    /** What is to be done now, null for a drill that proved what it had to. */
    public @Nullable String next() {
        return Prose.next(evidence);
    }

    /** The sentence about A, null when there is no A. */
    public @Nullable String lastApplied() {
        return Prose.lastApplied(aim);
    }

    /** The sentence about N, null when there is no N. */
    public @Nullable String firstNotApplied() {
        return Prose.firstNotApplied(aim);
    }

    /** Why there is neither A nor N. */
    public String noEdge() {
        return Prose.noEdge(aim);
    }

    /** The colours that go with a verdict. */
    public String css() {
        return evidence.verdict().name().toLowerCase(Locale.ROOT);
    }

    /** What happened on the source, empty when nobody recorded it. */
    public List<Moment> moments() {
        return evidence.story() == null ? List.of() : evidence.story().moments();
    }

    /** An instant of the server's clock, empty when there is none. */
    public String time(@Nullable Instant instant) {
        return instant == null ? "" : Wording.time(instant);
    }

    public List<Comparison> comparisons() {
        return Comparison.of(aim);
    }

    /** The whole recovery time with its bound, null when it was not measured. */
    public @Nullable String recoveryTime() {
        return Prose.recoveryTime(evidence);
    }

    /** The parts of the recovery time, empty when it was not measured. */
    public List<Phase> phases() {
        Rto rto = evidence.objectives() == null ? null : evidence.objectives().rto();
        return rto == null ? List.of() : phases(rto.phases());
    }

    private static List<Phase> phases(Map<String, Double> phases) {
        return phases.entrySet().stream()
                .map(phase -> new Phase(phase.getKey(), phase.getValue(), Wording.seconds(phase.getValue())))
                .toList();
    }

    /** All of them together, in seconds; never 0, for it is what they are measured against. */
    public double whole() {
        double sum = phases().stream().mapToDouble(Phase::seconds).sum();
        return sum > 0 ? sum : 1;
    }

    /** What was lost, with its bound; null when it was not measured. */
    public @Nullable String loss() {
        return Prose.loss(evidence);
    }

    public @Nullable Rpo rpo() {
        return evidence.objectives() == null ? null : evidence.objectives().rpo();
    }

    /** An instant with its day, or that it is not known. */
    public String dateTime(@Nullable Instant instant) {
        return instant == null ? "unknown" : Wording.dateTime(instant);
    }

    public String count(long number) {
        return Wording.count(number);
    }

    /** Acknowledged commits that are not there. */
    public Transactions lost() {
        Rpo rpo = rpo();
        return rpo == null
                ? new Transactions(List.of(), null)
                : transactions(rpo.acknowledgedCommitsLost(), rpo.acknowledgedCommitsLostTotal());
    }

    /** What "everything up to T" would have meant besides. */
    public Transactions leftOut() {
        Oracle oracle = evidence.oracle();
        List<TransactionRef> all = oracle == null ? List.of() : oracle.leftOutThoughEarlier();
        return transactions(all, all.size());
    }

    private static Transactions transactions(List<TransactionRef> known, long total) {
        List<TransactionRef> first = known.stream().limit(TRANSACTIONS_SHOWN).toList();
        long more = total - first.size();
        return new Transactions(first, more > 0 && !first.isEmpty() ? Wording.count(more) : null);
    }

    public ImpactView impact() {
        return ImpactView.of(evidence);
    }

    public List<Isolation> isolation() {
        return Isolation.of(evidence.isolation());
    }

    /** Null when no faults were put in. */
    public @Nullable Sabotage sabotage() {
        return Sabotage.of(evidence.claims()).orElse(null);
    }

    /** The parts of the sweep's time. */
    public List<Phase> sweepPhases() {
        return evidence.sweep() == null ? List.of() : phases(evidence.sweep().phases());
    }

    public List<Facts> facts() {
        return Facts.of(evidence);
    }

    public Repeat repeat() {
        return Repeat.of(evidence);
    }

    /** What its witnesses are to a claim: where it is refuted that recovery stopped at the target, the ones that saw nothing wrong. */
    public String witnessesAre(Claim claim) {
        boolean isAgainst = claim.claim().equals("target-reached") && claim.verdict() == Verdict.REFUTED;
        return isAgainst && evidence.witnesses() != null ? "not contradicted by" : "by";
    }

    /** Whether what was recovered goes on behind the damage. */
    public boolean isPastDamage() {
        Rpo rpo = rpo();
        return rpo != null
                && rpo.recoveredThrough() != null
                && rpo.damage() != null
                && rpo.recoveredThrough().isAfter(rpo.damage());
    }

    /** How many of the claims ended how: {@code 11 PROVEN, 1 REFUTED}. */
    public String claimsTally() {
        List<String> parts = new ArrayList<>();
        for (Verdict verdict : Verdict.values()) {
            long count = evidence.claims().stream()
                    .map(Claim::verdict)
                    .filter(verdict::equals)
                    .count();
            if (count > 0) {
                parts.add(count + " " + verdict);
            }
        }
        return String.join(", ", parts);
    }
}
