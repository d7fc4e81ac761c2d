package dev.pitrproof.proof;

import static dev.pitrproof.proof.RecordsInMemory.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.proof.Prediction.Reach;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry.Kind;
import dev.pitrproof.wal.WalRecord;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Where recovery stops, by the rule of {@code recoveryStopsBefore} and {@code recoveryStopsAfter} of 13 to 18. */
class OracleTest {

    private static final RecoveryTarget LATEST = new RecoveryTarget.Latest();

    private final RecordsInMemory wal = RecordsInMemory.ofBackup();

    private static RecoveryTarget time(double seconds, boolean inclusive) {
        return new RecoveryTarget.Time(at(seconds), inclusive);
    }

    private static List<Long> xids(List<EndedTransaction> ends) {
        return ends.stream().map(EndedTransaction::xid).toList();
    }

    /** Asserts that the last applied and the first not applied record are those with the given xids. */
    private static void assertStopsBetween(Prediction prediction, long lastApplied, long firstNotApplied) {
        assertThat(prediction.reach()).isEqualTo(Reach.REACHED);
        assertThat(xids(prediction.applied())).as("applied").last().isEqualTo(lastApplied);
        assertThat(xids(prediction.notApplied())).as("not applied").first().isEqualTo(firstNotApplied);
        WalRecord after = prediction.firstNotApplied();
        WalRecord last = prediction.lastApplied();
        assertThat(last).isNotNull();
        assertThat(after).isNotNull();
        assertThat(last.end()).as("nothing between the two").isEqualTo(after.start());
    }

    @ParameterizedTest
    @CsvSource({
        // target, inclusive, last applied, first not applied
        "2.0, true, 701, 702",
        "2.0, false, 700, 701",
        "1.5, true, 700, 701",
        "1.5, false, 700, 701",
        "2.999999, true, 701, 702"
    })
    void aTimeStopsBeforeTheFirstEndBeyondIt(double target, boolean inclusive, long last, long first) {
        wal.commit(700, 1).commit(701, 2).commit(702, 3).commit(703, 4);

        assertStopsBetween(wal.predict(time(target, inclusive)), last, first);
    }

    @Test
    void ofEqualTimesInclusiveKeepsAllAndExclusiveNone() {
        wal.commit(700, 1).commit(701, 2).commit(702, 2).commit(703, 2).commit(704, 3);

        assertStopsBetween(wal.predict(time(2, true)), 703, 704);
        assertStopsBetween(wal.predict(time(2, false)), 700, 701);
    }

    @Test
    void aCommitBeforeTheTargetIsLeftOutWhenALaterOneComesFirstInTheWal() {
        wal.commit(700, 1)
                .commit(701, 2.002)
                .commit(702, 1.999)
                .commit(703, 2.0)
                .commit(704, 3);

        Prediction inclusive = wal.predict(time(2, true));
        assertStopsBetween(inclusive, 700, 701);
        assertThat(xids(inclusive.leftOutThoughEarlier())).containsExactly(702L, 703L);
        assertThat(xids(wal.predict(time(2, false)).leftOutThoughEarlier())).containsExactly(702L);
        assertThat(inclusive.mustNotBeCommitted()).contains(702L);
    }

    @Test
    void anAbortThatIsLeftOutIsNobodysLoss() {
        wal.commit(700, 1).commit(701, 2.002).abort(702, 1.999).commit(703, 3);

        assertThat(wal.predict(time(2, true)).leftOutThoughEarlier()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyKindOfEndStopsATimeTargetAndAnXidTarget(Kind kind) {
        wal.commit(700, 1).end(kind, 701, 2).commit(702, 3);

        assertStopsBetween(wal.predict(time(1.5, true)), 700, 701);
        assertStopsBetween(wal.predict(new RecoveryTarget.Xid(701, false)), 700, 701);
        Prediction behind = wal.predict(new RecoveryTarget.Xid(701, true));
        assertStopsBetween(behind, 701, 702);
        assertThat(behind.mustBeCommitted().contains(701L)).isEqualTo(kind.commits());
        assertThat(behind.mustBeAborted().contains(701L)).isEqualTo(!kind.commits());
    }

    @Test
    void nothingButAnEndStopsATimeTarget() {
        wal.commit(700, 1)
                .restorePoint("later", 9)
                .checkpoint(701, at(9))
                .prepare(701, 9)
                .other(702)
                .commit(702, 2)
                .commit(703, 9);

        Prediction prediction = wal.predict(time(3, true));
        assertStopsBetween(prediction, 702, 703);
        assertThat(prediction.mustBeCommitted()).doesNotContain(701L);
    }

    @Test
    void aTimeBehindTheLastEndIsNotReachedThoughOtherRecordsAreLater() {
        wal.commit(700, 1).restorePoint("later", 9).other(0);

        Prediction prediction = wal.predict(time(3, true));
        assertThat(prediction.reach()).isEqualTo(Reach.NOT_REACHED);
        assertThat(prediction.latestTime()).contains(at(9));
        assertThat(prediction.lastCommit().orElseThrow().xid()).isEqualTo(700);
    }

    @Test
    void theAbortOfASubtransactionStopsByItsOwnXidAndTime() {
        wal.commit(700, 1).abort(702, 2).commit(701, 3).commit(703, 4);

        assertStopsBetween(wal.predict(new RecoveryTarget.Xid(702, true)), 702, 701);
        assertStopsBetween(wal.predict(time(1.5, true)), 700, 702);
    }

    @Test
    void theXidOfASubtransactionThatCommittedIsNeverMet() {
        wal.commit(700, 1, 701, 702).commit(703, 2);

        assertThat(wal.predict(new RecoveryTarget.Xid(701, true)).reach()).isEqualTo(Reach.NOT_REACHED);
        assertThat(wal.predict(new RecoveryTarget.Xid(700, true)).mustBeCommitted())
                .containsExactlyInAnyOrder(700L, 701L, 702L);
    }

    @Test
    void anXidIsComparedForEqualityAndNotForOrder() {
        wal.commit(705, 1).commit(701, 2).commit(706, 3);

        assertStopsBetween(wal.predict(new RecoveryTarget.Xid(701, true)), 701, 706);
        assertThat(wal.predict(new RecoveryTarget.Xid(704, true)).reach()).isEqualTo(Reach.NOT_REACHED);
    }

    @Test
    void aPreparedTransactionIsMetAtItsCommitAndNotWhereItIsPrepared() {
        wal.prepare(700, 1, 701)
                .commit(702, 2)
                .end(Kind.COMMIT_PREPARED, 700, 3, 701)
                .commit(703, 4);

        assertStopsBetween(wal.predict(new RecoveryTarget.Xid(700, false)), 702, 700);
        Prediction open = wal.predict(time(2.5, true));
        assertThat(open.mustBeCommitted()).containsExactly(702L);
        assertThat(open.mustNotBeCommitted()).contains(700L, 701L);
    }

    @Test
    void anLsnIsComparedWithTheStartSoThatInclusiveAppliesTheNextRecordToo() {
        wal.commit(700, 1);
        Lsn behindTheFirst = wal.position();
        wal.commit(701, 2).commit(702, 3);

        assertStopsBetween(wal.predict(new RecoveryTarget.AtLsn(behindTheFirst, true)), 701, 702);
        assertStopsBetween(wal.predict(new RecoveryTarget.AtLsn(behindTheFirst, false)), 700, 701);
    }

    @Test
    void anLsnInTheMiddleOfARecordMeansTheNextOne() {
        wal.commit(700, 1).commit(701, 2);
        Lsn inTheSecond = wal.last().start().plus(8);
        wal.commit(702, 3).commit(703, 4);

        assertStopsBetween(wal.predict(new RecoveryTarget.AtLsn(inTheSecond, true)), 702, 703);
        assertStopsBetween(wal.predict(new RecoveryTarget.AtLsn(inTheSecond, false)), 701, 702);
    }

    @Test
    void anLsnAtTheEndOfTheWalIsNotReached() {
        wal.commit(700, 1);

        assertThat(wal.predict(new RecoveryTarget.AtLsn(wal.position(), true)).reach())
                .isEqualTo(Reach.NOT_REACHED);
        assertThat(wal.predict(new RecoveryTarget.AtLsn(wal.position(), false)).reach())
                .isEqualTo(Reach.NOT_REACHED);
        assertThat(wal.predict(new RecoveryTarget.AtLsn(wal.last().start(), true))
                        .reach())
                .isEqualTo(Reach.REACHED);
    }

    @Test
    void ofTwoRestorePointsWithOneNameTheFirstIsMeantAndItIsApplied() {
        wal.commit(700, 1).restorePoint("Here", 1).restorePoint("here", 2);
        WalRecord first = wal.last();
        wal.commit(701, 3).restorePoint("here", 4).commit(702, 5);

        Prediction prediction = wal.predict(new RecoveryTarget.Name("here"));
        assertStopsBetween(prediction, 700, 701);
        assertThat(prediction.lastApplied()).isEqualTo(first);
        assertThat(wal.predict(new RecoveryTarget.Name("nowhere")).reach()).isEqualTo(Reach.NOT_REACHED);
    }

    @Test
    void immediateStopsBeforeTheRecordBehindTheEndOfTheBackup() {
        RecordsInMemory records =
                RecordsInMemory.startedBackup(700).commit(700, 1).backupEnd();
        WalRecord backupEnd = records.last();
        records.segmentSwitch();
        WalRecord next = records.last();
        records.commit(701, 2);

        Prediction prediction = records.predict(new RecoveryTarget.Immediate());
        assertThat(prediction.reach()).isEqualTo(Reach.REACHED);
        assertThat(prediction.lastApplied()).isEqualTo(backupEnd);
        assertThat(prediction.firstNotApplied()).isEqualTo(next);
        assertThat(prediction.mustBeCommitted()).containsExactly(700L);
    }

    @Test
    void immediateIsNotReachedWithoutARecordBehindTheEndOfTheBackup() {
        assertThat(wal.predict(new RecoveryTarget.Immediate()).reach()).isEqualTo(Reach.NOT_REACHED);
    }

    @Test
    void theEndOfAnotherBackupMakesThisOneNotConsistent() {
        RecordsInMemory records = RecordsInMemory.startedBackup(700)
                .backupEnd(Lsn.parse("0/1000028"))
                .commit(700, 1)
                .backupEnd();
        WalRecord ours = records.last();
        records.commit(701, 2);

        assertThat(records.predict(new RecoveryTarget.Immediate()).lastApplied())
                .isEqualTo(ours);
    }

    /** Behind a record of the transaction manager the server looks again, so it stops after that record. */
    @Test
    void aStandbysBackupBecomesConsistentByPosition() {
        wal.commit(700, 1);
        WalRecord commit = wal.last();
        wal.other(701);
        WalRecord other = wal.last();
        wal.other(702);
        WalRecord next = wal.last();

        Prediction atCommit = wal.predict(new RecoveryTarget.Immediate(), standby(commit.end()));
        assertThat(atCommit.lastApplied()).isEqualTo(commit);
        assertThat(atCommit.firstNotApplied()).isEqualTo(other);
        Prediction atOther = wal.predict(new RecoveryTarget.Immediate(), standby(other.end()));
        assertThat(atOther.lastApplied()).isEqualTo(other);
        assertThat(atOther.firstNotApplied()).isEqualTo(next);
        assertThat(wal.predict(new RecoveryTarget.Xid(700, false), standby(other.end()))
                        .reach())
                .isEqualTo(Reach.BEFORE_CONSISTENCY);
        assertThat(wal.predict(
                                new RecoveryTarget.Immediate(),
                                standby(next.end().plus(8)))
                        .reach())
                .isEqualTo(Reach.NOT_REACHED);
    }

    @Test
    void anImmediateTargetIsReachedAfterACommitThatIsTheLastRecord() {
        wal.commit(700, 1);

        assertThat(wal.predict(
                                new RecoveryTarget.Immediate(),
                                standby(wal.last().end()))
                        .reach())
                .isEqualTo(Reach.REACHED);
    }

    @Test
    void aStandbysBackupMayBeConsistentFromItsFirstRecord() {
        Prediction prediction = wal.predict(new RecoveryTarget.Immediate(), standby(RecordsInMemory.REDO));

        assertThat(prediction.reach()).isEqualTo(Reach.REACHED);
        assertThat(prediction.lastApplied()).isNull();
        assertThat(prediction.firstNotApplied()).isEqualTo(wal.get(0));
    }

    private BackupBounds standby(Lsn end) {
        return new BackupBounds(RecordsInMemory.REDO, wal.get(1).start(), end, TimelineId.FIRST, true);
    }

    @Test
    void aTargetThatIsMetBeforeTheEndOfTheBackupIsBeforeConsistency() {
        RecordsInMemory records = RecordsInMemory.startedBackup(700)
                .commit(700, 1)
                .restorePoint("early", 1)
                .commit(701, 2)
                .backupEnd()
                .commit(702, 3);

        for (RecoveryTarget target : List.of(
                time(1, true),
                new RecoveryTarget.Xid(700, true),
                new RecoveryTarget.Name("early"),
                new RecoveryTarget.AtLsn(RecordsInMemory.REDO, true))) {
            assertThat(records.predict(target).reach()).as(target.toString()).isEqualTo(Reach.BEFORE_CONSISTENCY);
        }
        assertThat(records.predict(time(2, true)).reach()).isEqualTo(Reach.REACHED);
    }

    @Test
    void latestAppliesEverything() {
        wal.commit(700, 1).other(701);

        Prediction prediction = wal.predict(LATEST);
        assertThat(prediction.reach()).isEqualTo(Reach.REACHED);
        assertThat(prediction.lastApplied()).isEqualTo(wal.last());
        assertThat(prediction.firstNotApplied()).isNull();
        assertThat(prediction.notApplied()).isEmpty();
    }

    @Test
    void whereTheWalEndsBeforeTheBackupNothingIsReached() {
        RecordsInMemory records = RecordsInMemory.startedBackup(700).commit(700, 1);

        Prediction prediction = records.predict(LATEST);
        assertThat(prediction.reach()).isEqualTo(Reach.NOT_REACHED);
        assertThat(prediction.consistent()).isFalse();
        assertThat(wal.predict(LATEST).consistent()).isTrue();
    }

    @Test
    void limitsAreTheHighestUpToTheStop() {
        wal.parameters(200, 0)
                .parameters(100, 5)
                .commit(700, 1)
                .commit(701, 3)
                .parameters(900, 900)
                .commit(702, 4);

        ParameterLimits limits = wal.predict(time(2, true)).limits();
        assertThat(limits).isEqualTo(new ParameterLimits(200, 8, 10, 5, 64));
    }

    @ParameterizedTest
    @CsvSource({
        // next full xid at the checkpoint, 32-bit xid in the record, the same with its epoch
        "700, 705, 705",
        "700, 690, 690",
        "4294967290, 4294967295, 4294967295",
        "4294967290, 4, 4294967300",
        "4294967300, 4294967290, 4294967290",
        "4294967300, 3, 4294967299",
        "12884901900, 4294967295, 12884901887",
        "3000000000, 700, 4294967996"
    })
    void xidsAreWidenedAcrossTheirWraparound(long next, long xid, long widened) {
        RecordsInMemory records = RecordsInMemory.ofBackup(next).commit((int) xid, 1, (int) xid);

        Prediction prediction = records.predict(LATEST);
        assertThat(prediction.applied()).singleElement().satisfies(end -> {
            assertThat(end.xid()).isEqualTo(widened);
            assertThat(end.subxids()).containsExactly(widened);
        });
        assertThat(prediction.nextXidAtRedo()).contains(next);
        assertThat(records.predict(new RecoveryTarget.Xid((int) xid, true)).reach())
                .isEqualTo(Reach.REACHED);
    }

    @Test
    void theNextXidBehindTheStopIsBehindAllThatLeftARecord() {
        wal.commit(700, 1, 701, 704).other(702);
        assertThat(wal.predict(LATEST).nextXidAtStop()).contains(705L);
        wal.other(710).commit(705, 2);
        assertThat(wal.predict(time(1, true)).nextXidAtStop()).contains(711L);
        assertThat(wal.predict(new RecoveryTarget.Xid(700, true)).nextXidAtStop())
                .contains(705L);
        wal.checkpoint(720, at(3));
        assertThat(wal.predict(LATEST).nextXidAtStop()).contains(720L);
    }

    @Test
    void theNextXidSkipsTheOnesThatAreNeverAssigned() {
        RecordsInMemory records = RecordsInMemory.ofBackup(0xFFFF_FFFEL).commit(-1, 1);

        assertThat(records.predict(LATEST).nextXidAtStop()).contains(0x1_0000_0003L);
        records.commit(3, 2);
        assertThat(records.predict(LATEST).nextXidAtStop()).contains(0x1_0000_0004L);
    }
}
