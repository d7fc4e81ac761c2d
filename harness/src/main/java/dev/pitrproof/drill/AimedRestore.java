package dev.pitrproof.drill;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.RestoreTarget;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A restore whose target has its value: the story is over, and what its steps were to PostgreSQL is known.
 *
 * @param target in PostgreSQL's terms
 * @param moment what it is on both clocks
 * @param inWords the target as the user named it, for messages
 */
record AimedRestore(RecoveryTarget target, Barrier moment, String inWords) {

    /**
     * @param backup what is restored, in plain format; null if there is no such backup
     * @param wal where the WAL is
     */
    static AimedRestore of(Recording recording, Restore restore, @Nullable BaseBackup backup, @Nullable WalOpener wal)
            throws IOException {
        RestoreTarget to = restore.to();
        Barrier moment = recording.moment(restore);
        if (to instanceof RestoreTarget.AtRestorePoint point) {
            return new AimedRestore(new RecoveryTarget.Name(point.name()), moment, point.inWords());
        } else if (to instanceof RestoreTarget.OfTransaction one) {
            NamedTransaction transaction = recording.transaction(one.step());
            return new AimedRestore(
                    new RecoveryTarget.Xid((int) transaction.xid(), to.inclusive()),
                    moment,
                    word(to) + "xid " + transaction.xid() + " (" + one.step() + ")");
        } else if (to instanceof RestoreTarget.AtCommit one) {
            NamedTransaction transaction = recording.transaction(one.step());
            Lsn commit = backup == null || wal == null ? transaction.end() : commit(backup, wal, restore, transaction);
            return new AimedRestore(
                    new RecoveryTarget.AtLsn(commit, to.inclusive()),
                    moment,
                    word(to) + "LSN " + commit + " (the commit of " + one.step() + ")");
        } else if (to instanceof RestoreTarget.EndOfBackup) {
            return new AimedRestore(new RecoveryTarget.Immediate(), moment, to.inWords());
        } else if (to instanceof RestoreTarget.EndOfArchive) {
            return new AimedRestore(new RecoveryTarget.Latest(), moment, to.inWords());
        } else if (to instanceof RestoreTarget.OfCalendar calendar) {
            return new AimedRestore(
                    new RecoveryTarget.Time(calendar.instant(), to.inclusive()),
                    moment,
                    calendar.written() + " (" + calendar.instant() + ")");
        }
        return new AimedRestore(
                new RecoveryTarget.Time(moment.serverTime(), to.inclusive()),
                moment,
                moment.storyTime() + " (" + moment.serverTime() + ")");
    }

    private static String word(RestoreTarget to) {
        return to.inclusive() ? "" : "just before ";
    }

    /**
     * Where a transaction's commit record begins. Only the WAL tells: other records may come between the last answer of
     * the server and it. Where the archive has lost it, the position of that answer is as good.
     */
    private static Lsn commit(BaseBackup backup, WalOpener wal, Restore restore, NamedTransaction transaction)
            throws IOException {
        RecoveryTarget xid = new RecoveryTarget.Xid((int) transaction.xid(), true);
        try (WalArchive archive = wal.open()) {
            PlanOutcome outcome =
                    new RestorePlanner(backup, archive, xid, "the named transaction").plan(restore.timeline());
            Prediction prediction = outcome.prediction();
            return Optional.ofNullable(prediction.lastApplied())
                    .filter(record -> prediction.reach() == Prediction.Reach.REACHED)
                    .map(WalRecord::start)
                    .orElse(transaction.end());
        }
    }
}
