package dev.pitrproof.proof;

import static dev.pitrproof.proof.RecordsInMemory.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.XidStatuses.Status;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineHistory.Switch;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A restore that went as it must, and then one thing at a time that did not. */
class TargetClaimTest {

    private static final long SYSTEM = 0xF123_4567_89AB_CDEFL;
    private static final TimelineHistory PATH = TimelineHistory.of(TimelineId.FIRST);
    private static final TimelineId SECOND = new TimelineId(2);

    private static final String POSITION = "replay position while paused";
    private static final String STATUS = "status of every transaction";
    private static final String HISTORY = "history file of the new timeline";
    private static final String JOURNAL = "client's journal";

    // 705 never ends in the WAL, 706 began before the stop and commits behind it
    private final RecordsInMemory wal = RecordsInMemory.ofBackup()
            .commit(700, 1)
            .commit(701, 2, 702)
            .abort(703, 3)
            .commit(699, 4)
            .other(706)
            .commit(704, 5)
            .commit(706, 9)
            .commit(707, 10);
    private final Prediction prediction = wal.predict(new RecoveryTarget.Time(at(6), true));
    private final Lsn stop = lastApplied().end();
    private final Map<Long, Status> statuses = new TreeMap<>();

    private long systemIdentifier = SYSTEM;
    private boolean inRecovery = true;
    private @Nullable Lsn replayLsn = stop;
    private TimelineId controlTimeline = TimelineId.FIRST;
    private long xmax = 707;
    private @Nullable PromotedAnswers promoted = promotedFrom(PATH, stop);
    private ToldTarget told = ToldTarget.NOTHING;
    private JournalSummary journal = new JournalSummary(Map.of(700L, stop, 704L, stop, 706L, wal.position()), Set.of());

    TargetClaimTest() {
        for (long xid : List.of(699L, 700L, 701L, 702L, 704L)) {
            statuses.put(xid, Status.COMMITTED);
        }
        statuses.put(703L, Status.ABORTED);
        statuses.put(705L, Status.IN_PROGRESS);
        statuses.put(706L, Status.IN_PROGRESS);
    }

    private WalRecord lastApplied() {
        WalRecord last = prediction.lastApplied();
        if (last == null) {
            throw new AssertionError("nothing is applied");
        }
        return last;
    }

    private static PromotedAnswers promotedFrom(TimelineHistory path, Lsn switchpoint) {
        TimelineId next = new TimelineId(path.timeline().value() + 1);
        List<Switch> ancestry = new java.util.ArrayList<>(path.ancestry());
        ancestry.add(new Switch(path.timeline(), switchpoint, "before 2026-03-01 12:00:06+00"));
        return new PromotedAnswers(false, next, new TimelineHistory(next, ancestry));
    }

    private TargetClaim.Judgement judge() {
        long first = LongStream.concat(
                        LongStream.of(xmax), statuses.keySet().stream().mapToLong(Long::longValue))
                .min()
                .orElseThrow();
        PausedAnswers paused = new PausedAnswers(
                inRecovery,
                inRecovery,
                replayLsn,
                at(5),
                systemIdentifier,
                controlTimeline,
                new XidStatuses(first, xmax, statuses),
                told);
        return TargetClaim.judge(prediction, PATH, SYSTEM, paused, promoted, journal);
    }

    private Claim claim() {
        Claim claim = judge().claim();
        assertThat(claim.claim()).isEqualTo("target-reached");
        return claim;
    }

    private Claim assertRefuted(FindingCode code) {
        Claim claim = claim();
        assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.REFUTED);
        assertThat(claim.code()).as(claim.toString()).isEqualTo(code.name());
        assertThat(claim.hint()).isNotBlank();
        return claim;
    }

    @Test
    void aRestoreThatWentAsItMustIsProvenByAllItsWitnesses() {
        Claim claim = claim();

        assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.PROVEN);
        assertThat(claim.code()).isEqualTo("TARGET_EXACT");
        assertThat(claim.expected()).contains(stop.toString());
        assertThat(claim.witnesses()).containsExactlyInAnyOrder(POSITION, STATUS, HISTORY, JOURNAL);
        assertThat(judge().xidsAgreeing()).isEqualTo(statuses.size());
    }

    @Test
    void replayThatStoppedSoonerIsEarly() {
        replayLsn = stop.plus(-8);
        Claim claim = assertRefuted(FindingCode.STOPPED_EARLY);
        assertThat(claim.expected()).contains(stop.toString());
        assertThat(claim.found()).contains(stop.plus(-8).toString());
        assertThat(claim.witnesses()).doesNotContain(POSITION).contains(STATUS, HISTORY);

        replayLsn = null;
        assertRefuted(FindingCode.STOPPED_EARLY);
    }

    @Test
    void replayThatWentOnIsLate() {
        replayLsn = stop.plus(0x100);
        Claim claim = assertRefuted(FindingCode.STOPPED_LATE);
        assertThat(claim.found()).contains(stop.plus(0x100).toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {699, 700, 702, 704})
    void aCommitThatIsNotThereIsEarly(long xid) {
        for (Status status : List.of(Status.IN_PROGRESS, Status.ABORTED, Status.UNKNOWN)) {
            statuses.put(xid, status);
            Claim claim = assertRefuted(FindingCode.STOPPED_EARLY);
            assertThat(claim.found()).contains("first xid " + xid);
            assertThat(claim.witnesses()).doesNotContain(STATUS);
        }
        statuses.remove(xid);
        assertRefuted(FindingCode.STOPPED_EARLY);
    }

    @Test
    void aCommitAtOrAboveTheSnapshotsXmaxIsNotThere() {
        xmax = 704;
        statuses.keySet().removeIf(xid -> xid >= 704);

        assertThat(assertRefuted(FindingCode.STOPPED_EARLY).found()).contains("first xid 704");
    }

    @ParameterizedTest
    @ValueSource(longs = {703, 705, 706})
    void aCommitThatMustNotBeThereIsLate(long xid) {
        statuses.put(xid, Status.COMMITTED);

        Claim claim = assertRefuted(FindingCode.STOPPED_LATE);
        assertThat(claim.found()).contains("first xid " + xid);
        assertThat(claim.witnesses()).doesNotContain(STATUS);
    }

    @Test
    void aCommitFromBehindTheStopIsLate() {
        xmax = 708;
        statuses.put(707L, Status.COMMITTED);

        assertRefuted(FindingCode.STOPPED_LATE);
    }

    @Test
    void anXidThatNobodyKnowsIsLateFromTheBackupsNextXidOn() {
        xmax = 900;
        statuses.put(800L, Status.COMMITTED);
        assertThat(assertRefuted(FindingCode.STOPPED_LATE).found()).contains("first xid 800");

        statuses.remove(800L);
        statuses.put(698L, Status.COMMITTED);
        assertThat(claim().verdict())
                .as("it may have committed before the backup")
                .isEqualTo(Verdict.PROVEN);
    }

    @Test
    void anotherSystemIsRefuted() {
        systemIdentifier = SYSTEM + 1;

        Claim claim = assertRefuted(FindingCode.WRONG_BRANCH);
        assertThat(claim.expected()).contains("system identifier " + Long.toUnsignedString(SYSTEM));
        assertThat(claim.found()).contains("system identifier " + Long.toUnsignedString(SYSTEM + 1));
    }

    @Test
    void aServerThatNeverWasInRecoveryIsRefuted() {
        inRecovery = false;
        promoted = new PromotedAnswers(false, TimelineId.FIRST, null);

        Claim claim = assertRefuted(FindingCode.NOT_RECOVERED);
        assertThat(claim.found()).contains("not in recovery").contains("timeline 1 without a history");
    }

    @Test
    void aServerWithoutANewTimelineIsRefuted() {
        promoted = new PromotedAnswers(false, TimelineId.FIRST, null);
        assertRefuted(FindingCode.NOT_RECOVERED);
        promoted = new PromotedAnswers(false, SECOND, TimelineHistory.of(SECOND));
        assertRefuted(FindingCode.NOT_RECOVERED);
        promoted = new PromotedAnswers(true, SECOND, promotedFrom(PATH, stop).history());
        assertRefuted(FindingCode.NOT_RECOVERED);
    }

    @Test
    void aTimelineThatBranchesOffAnotherIsRefuted() {
        TimelineHistory other = new TimelineHistory(SECOND, List.of(new Switch(TimelineId.FIRST, stop.plus(-64), "")));
        promoted = promotedFrom(other, stop);

        Claim claim = assertRefuted(FindingCode.WRONG_BRANCH);
        assertThat(claim.expected()).contains("[1]");
        assertThat(claim.found()).contains("[1, 2]");
    }

    @Test
    void aCheckpointOfATimelineOffThePathIsRefuted() {
        controlTimeline = SECOND;

        assertRefuted(FindingCode.WRONG_BRANCH);
    }

    @Test
    void aTimelineThatBranchesOffElsewhereIsRefuted() {
        promoted = promotedFrom(PATH, stop.plus(-8));
        Claim early = assertRefuted(FindingCode.STOPPED_EARLY);
        assertThat(early.expected()).contains("branches off at " + stop);
        assertThat(early.witnesses()).doesNotContain(HISTORY);

        promoted = promotedFrom(PATH, stop.plus(8));
        assertRefuted(FindingCode.STOPPED_LATE);
    }

    @Test
    void anAcknowledgedCommitThatIsNotInTheWalIsRefuted() {
        journal = new JournalSummary(Map.of(700L, stop, 705L, stop), Set.of());

        Claim claim = assertRefuted(FindingCode.STOPPED_EARLY);
        assertThat(claim.found()).contains("1 acknowledged commits").contains("first xid 705");
        assertThat(claim.witnesses()).doesNotContain(JOURNAL);
    }

    @Test
    void anAcknowledgedCommitBehindTheReadableWalIsNoContradiction() {
        journal = new JournalSummary(Map.of(700L, stop, 900L, wal.position().plus(8)), Set.of());

        assertThat(claim().verdict()).isEqualTo(Verdict.PROVEN);
    }

    @Test
    void aTransactionThatTheClientRolledBackMustNotBeThere() {
        journal = new JournalSummary(Map.of(700L, stop), Set.of(699L));

        Claim claim = assertRefuted(FindingCode.STOPPED_LATE);
        assertThat(claim.found()).contains("first xid 699");
    }

    @Test
    void aJournalThatSaysNothingAboutTheWindowIsNoWitness() {
        journal = new JournalSummary(Map.of(650L, RecordsInMemory.REDO), Set.of());
        assertThat(claim().witnesses()).doesNotContain(JOURNAL);

        journal = new JournalSummary(Map.of(900L, wal.position().plus(8)), Set.of());
        assertThat(claim().witnesses()).doesNotContain(JOURNAL);

        journal = JournalSummary.NONE;
        assertThat(claim().witnesses()).doesNotContain(JOURNAL);
        assertThat(claim().verdict()).isEqualTo(Verdict.PROVEN);
    }

    @Test
    void aServerThatWasToldAnotherMomentIsRefutedWithWhatItWasTold() {
        replayLsn = stop.plus(8);
        told = new ToldTarget(Map.of("recovery_target_time", "13:00:06", "timezone", "UTC"), at(7));

        Claim claim = assertRefuted(FindingCode.STOPPED_LATE);
        assertThat(claim.found()).startsWith("the server was told 13:00:06 ").contains("; replayed up to ");
        assertThat(claim.hint()).startsWith("tell the server recovery_target_time = '");
    }

    @Test
    void theSamePositionToldTwiceIsOneWitness() {
        RecordsInMemory idle = RecordsInMemory.ofBackup().other(0).commit(700, 9);
        Prediction nothingCommitted = idle.predict(new RecoveryTarget.Time(at(6), true));
        WalRecord last = nothingCommitted.lastApplied();
        assertThat(last).isNotNull();
        PausedAnswers paused = new PausedAnswers(
                true,
                true,
                last.end(),
                null,
                SYSTEM,
                TimelineId.FIRST,
                new XidStatuses(700, 701, Map.of(700L, Status.IN_PROGRESS)),
                ToldTarget.NOTHING);

        Claim claim = TargetClaim.judge(
                        nothingCommitted, PATH, SYSTEM, paused, promotedFrom(PATH, last.end()), JournalSummary.NONE)
                .claim();

        assertThat(claim.witnesses()).containsExactlyInAnyOrder(POSITION, HISTORY);
        assertThat(claim.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.code()).isEqualTo("NOTHING_TO_PROVE");
        assertThat(claim.found()).contains("one witness of the two that are needed");
    }

    /** Where the server cannot pause it goes on to promote itself, as one that was never told to recover never does. */
    @Test
    void aServerThatPromotedItselfAtTheTargetIsProvenWhileItHasAssignedNoXid() {
        inRecovery = false;
        xmax = prediction.nextXidAtStop().orElseThrow();
        statuses.put(705L, Status.ABORTED);
        statuses.put(706L, Status.ABORTED);
        Claim claim = claim();
        assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.PROVEN);
        assertThat(claim.witnesses()).containsExactlyInAnyOrder(POSITION, STATUS, HISTORY, JOURNAL);

        promoted = promotedFrom(PATH, stop.plus(-8));
        assertRefuted(FindingCode.STOPPED_EARLY);
    }

    @Test
    void afterAPromotionReusedXidsProveNothingEitherWay() {
        inRecovery = false;
        journal = JournalSummary.NONE;
        xmax = prediction.nextXidAtStop().orElseThrow() + 1;
        statuses.put(xmax - 1, Status.COMMITTED);

        Claim claim = claim();
        assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim.witnesses()).containsExactlyInAnyOrder(POSITION, HISTORY);

        statuses.put(700L, Status.ABORTED);
        assertRefuted(FindingCode.STOPPED_EARLY);
    }

    @Test
    void aServerThatWasStartedAnewSinceItsPromotionTellsByItsHistoryFile() {
        inRecovery = false;
        replayLsn = null;
        journal = JournalSummary.NONE;
        xmax = prediction.nextXidAtStop().orElseThrow();

        Claim claim = claim();
        assertThat(claim.verdict()).as(claim.toString()).isEqualTo(Verdict.PROVEN);
        assertThat(claim.witnesses()).containsExactlyInAnyOrder(STATUS, HISTORY);

        xmax++;
        Claim used = claim();
        assertThat(used.verdict()).as(used.toString()).isEqualTo(Verdict.UNPROVEN);
        assertThat(used.hint()).contains("has assigned transactions of its own");

        promoted = promotedFrom(PATH, stop.plus(8));
        assertRefuted(FindingCode.STOPPED_LATE);
        promoted = promotedFrom(PATH, stop.plus(-8));
        assertRefuted(FindingCode.STOPPED_EARLY);
        promoted = null;
        assertRefuted(FindingCode.NOT_RECOVERED);
    }

    @Test
    void aPositionAndTheStatusesAreTwo() {
        promoted = null;
        journal = JournalSummary.NONE;

        Claim claim = claim();
        assertThat(claim.verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(claim.witnesses()).containsExactlyInAnyOrder(POSITION, STATUS);
    }

    @Test
    void allContradictionsAreTold() {
        replayLsn = stop.plus(0x100);
        statuses.put(706L, Status.COMMITTED);
        promoted = promotedFrom(PATH, stop.plus(0x100));

        Claim claim = assertRefuted(FindingCode.STOPPED_LATE);
        assertThat(claim.found()).contains("; ").contains("706").contains("branches off at");
        assertThat(claim.witnesses()).containsExactly(JOURNAL);
    }
}
