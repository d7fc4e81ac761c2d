package dev.pitrproof.drill;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Archive;
import dev.pitrproof.evidence.Backup;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.evidence.LogicalBackup;
import dev.pitrproof.evidence.Objectives;
import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.Postgres;
import dev.pitrproof.evidence.RecordRef;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Sweep;
import dev.pitrproof.evidence.Target;
import dev.pitrproof.evidence.TransactionRef;
import dev.pitrproof.evidence.Witnesses;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.PromotedAnswers;
import dev.pitrproof.restore.CopyMethod;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalRecord;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns the facts of a drill into the parts of its evidence. */
class EvidenceParts {

    /** Of a drill that broke off before its restore was planned. */
    static final EvidenceParts NONE = new EvidenceParts(null);

    static final int LOST_COMMITS_LISTED = 20;

    private final @Nullable DrillFacts facts;

    EvidenceParts(@Nullable DrillFacts facts) {
        this.facts = facts;
    }

    private Optional<DrillFacts> facts() {
        return Optional.ofNullable(facts);
    }

    List<String> notes() {
        return facts().map(DrillFacts::notes).orElse(List.of());
    }

    /** @param sandbox the levels of what the sandbox itself keeps away, by item */
    Map<String, String> isolation(Map<String, String> sandbox) {
        Map<String, String> all = new LinkedHashMap<>(sandbox);
        facts().map(DrillFacts::isolation).ifPresent(all::putAll);
        return all;
    }

    @Nullable
    Postgres postgres(@Nullable Postgres postgres) {
        Optional<BaseBackup> backup = facts().flatMap(DrillFacts::backup);
        if (postgres == null || backup.isEmpty()) {
            return postgres;
        }
        return new Postgres(
                postgres.version(),
                Long.toUnsignedString(backup.get().systemIdentifier()),
                postgres.sandbox(),
                postgres.image(),
                postgres.binariesSha256());
    }

    @Nullable
    Backup backup() {
        if (facts == null) {
            return null;
        }
        return facts.backup()
                .map(backup -> new Backup(
                        backup.label().label(),
                        backup.startLsn().toString(),
                        facts.consistentFrom().orElse(backup.stopLsn()).toString(),
                        backup.timeline().value(),
                        backup.manifestSha256(),
                        backup.bytes(),
                        backup.took().toNanos() / 1e9,
                        backup.label().checkpointLsn().toString(),
                        backup.label().from().equals("standby") ? "standby" : "primary"))
                .orElse(null);
    }

    @Nullable
    Archive archive() {
        return facts().flatMap(DrillFacts::archive)
                .map(range -> new Archive(
                        range.segments(),
                        range.first().toString(),
                        range.last().toString(),
                        prediction()
                                .flatMap(Prediction::lastCommit)
                                .map(EvidenceParts::reference)
                                .orElse(null),
                        facts().flatMap(DrillFacts::fingerprint)
                                .map(print -> print.rangeSha256())
                                .orElse(null),
                        facts().flatMap(DrillFacts::refused)
                                // without a way to the target there is no place up to which it can be read
                                .filter(refused -> !refused.claim().code().equals(FindingCode.WRONG_BRANCH.name()))
                                .map(refused -> refused.prediction()
                                        .walEnd()
                                        .validThrough()
                                        .toString())
                                .orElse(null)))
                .orElse(null);
    }

    private Optional<Prediction> prediction() {
        return facts().flatMap(DrillFacts::prediction);
    }

    @Nullable
    Target target() {
        return facts().map(known -> new Target(
                        known.target().kind(),
                        known.target().value(),
                        known.target().inclusive(),
                        timeline(known),
                        known.story()
                                .flatMap(StoryFacts::targetStoryTime)
                                .map(StoryTime::toString)
                                .orElse(null)))
                .orElse(null);
    }

    /** The one that recovery was to follow, if it was planned so far. */
    private static int timeline(DrillFacts facts) {
        return facts.plan()
                .map(plan -> plan.path().timeline())
                .or(() -> facts.backup().map(BaseBackup::timeline))
                .orElse(TimelineId.FIRST)
                .value();
    }

    @Nullable
    Oracle oracle() {
        return facts().flatMap(DrillFacts::plan)
                .map(plan -> oracle(plan.prediction(), plan.path()))
                .orElse(null);
    }

    static Oracle oracle(Prediction prediction, TimelineHistory path) {
        return new Oracle(
                lastApplied(prediction),
                reference(prediction, prediction.firstNotApplied()),
                commits(prediction.applied()),
                commits(prediction.notApplied()),
                prediction.leftOutThoughEarlier().stream()
                        .map(EvidenceParts::reference)
                        .toList(),
                numbers(path),
                end(prediction.lastApplied()));
    }

    private static int commits(List<EndedTransaction> ends) {
        return (int) ends.stream().filter(EndedTransaction::committed).count();
    }

    /** The last transaction end that is applied says more than the last record, which may be anybody's. */
    private static @Nullable RecordRef lastApplied(Prediction prediction) {
        List<EndedTransaction> applied = prediction.applied();
        if (applied.isEmpty()) {
            return reference(prediction, prediction.lastApplied());
        }
        EndedTransaction end = applied.get(applied.size() - 1);
        return new RecordRef(
                inWords(end),
                end.xid(),
                end.time(),
                end.lsn().toString(),
                end.end().toString());
    }

    private static @Nullable String end(@Nullable WalRecord record) {
        return record == null ? null : record.end().toString();
    }

    private static String inWords(EndedTransaction end) {
        return end.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static List<Integer> numbers(TimelineHistory path) {
        return path.path().stream().map(TimelineId::value).toList();
    }

    static TransactionRef reference(EndedTransaction end) {
        return new TransactionRef(inWords(end), end.xid(), end.time(), end.lsn().toString());
    }

    private static @Nullable RecordRef reference(Prediction prediction, @Nullable WalRecord record) {
        if (record == null) {
            return null;
        }
        String lsn = record.start().toString();
        String end = record.end().toString();
        return Stream.concat(prediction.applied().stream(), prediction.notApplied().stream())
                .filter(ended -> ended.lsn().equals(record.start()))
                .findFirst()
                .map(ended -> new RecordRef(RecordKind.of(record), ended.xid(), ended.time(), lsn, end))
                .orElseGet(() -> new RecordRef(RecordKind.of(record), null, null, lsn, end));
    }

    @Nullable
    Witnesses witnesses() {
        if (facts == null || facts.paused().isEmpty()) {
            return null;
        }
        PausedAnswers paused = facts.paused().get();
        Optional<PromotedAnswers> promoted = facts.promoted();
        Optional<TimelineHistory> history = promoted.map(PromotedAnswers::history);
        return new Witnesses(
                paused.replayLsn() == null ? null : paused.replayLsn().toString(),
                paused.lastReplayTime(),
                paused.statuses().asked(),
                facts.judgement().map(judgement -> judgement.xidsAgreeing()).orElse(0L),
                history.map(EvidenceParts::numbers).orElse(List.of()),
                Long.toString(paused.statuses().end()),
                Long.toUnsignedString(paused.systemIdentifier()),
                paused.controlTimeline().toString(),
                history.filter(known -> !known.ancestry().isEmpty())
                        .map(known -> known.ancestry()
                                .get(known.ancestry().size() - 1)
                                .switchpoint()
                                .toString())
                        .orElse(null),
                promoted.map(answers -> answers.timeline().value()).orElse(null),
                facts.story()
                        .map(story -> story.recording().journal().count(Outcome.ACKNOWLEDGED))
                        .orElse(null),
                paused.told().settings(),
                paused.told().moment());
    }

    @Nullable
    Objectives objectives() {
        if (facts == null || facts.paused().isEmpty() || facts.isRestoredElsewhere()) {
            return null;
        }
        Double asked = null;
        for (ClaimSpec claim : facts.assignment().prove()) {
            if (claim instanceof ClaimSpec.RecoveredWithin within) {
                asked = seconds(within.atMost());
            }
        }
        Objectives.Rto rto = new Objectives.Rto(
                asked,
                facts.recoverySeconds(),
                facts.phases(),
                facts.copyMethod().map(CopyMethod::word).orElse(null),
                facts.checkSeconds().orElse(null));
        return new Objectives(rto, facts.story().map(this::loss).orElse(null));
    }

    private Objectives.@Nullable Rpo loss(StoryFacts story) {
        Recording.Damage damage = story.recording().damage();
        if (damage == null || facts == null) {
            return null;
        }
        Double allowed = null;
        for (ClaimSpec claim : facts.assignment().prove()) {
            if (claim instanceof ClaimSpec.LostAtMost lost) {
                allowed = seconds(lost.atMost());
            }
        }
        List<TransactionRef> lost = new ArrayList<>();
        for (EndedTransaction end : story.acknowledgedCommitsLost(facts)) {
            lost.add(reference(end));
        }
        return new Objectives.Rpo(
                allowed,
                Math.max(0, seconds(story.loss(facts))),
                story.recoveredThroughTime(facts),
                damage.serverTime(),
                lost.subList(0, Math.min(lost.size(), LOST_COMMITS_LISTED)),
                lost.size());
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    @Nullable
    Sweep sweep() {
        return facts().flatMap(DrillFacts::sweep).orElse(null);
    }

    @Nullable
    Impact impact() {
        return facts().flatMap(DrillFacts::story)
                .map(story -> new Impact(story.recording().impacts()))
                .orElse(null);
    }

    /** Of a restored dump alone. */
    @Nullable
    LogicalBackup logicalBackup() {
        return null;
    }

    @Nullable
    Story story() {
        return facts().flatMap(DrillFacts::story).map(StoryOutline::of).orElse(null);
    }
}
