package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveFingerprint;
import dev.pitrproof.backup.BackupFingerprint;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.PromotedAnswers;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.Restore;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.sandbox.Sandbox;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a restore came to: the claims about it, judged, and the promoted cluster, open for questions. Where the plan
 * refused the restore there is no cluster, and the refusal is one of the claims.
 */
public final class RestoredCluster implements AutoCloseable {

    private final RecoveryTarget target;
    private final Prediction prediction;
    private final List<Claim> claims;
    private final @Nullable Restore restore;

    private RestoredCluster(
            RecoveryTarget target, Prediction prediction, List<Claim> claims, @Nullable Restore restore) {
        this.target = target;
        this.prediction = prediction;
        this.claims = List.copyOf(claims);
        this.restore = restore;
    }

    static RestoredCluster restore(
            Sandbox sandbox,
            PlanOutcome outcome,
            BaseBackup backup,
            RecoveryTarget target,
            String name,
            Duration patience)
            throws IOException, SQLException {
        List<Claim> claims = new ArrayList<>(List.of(IntegrityClaims.backupIntact(backup)));
        if (outcome instanceof PlanOutcome.Reachable reachable) {
            RestorePlan plan = reachable.plan();
            ArchiveFingerprint before = ArchiveFingerprint.of(plan.archive().store(), plan.segments());
            BackupFingerprint backupBefore = BackupFingerprint.of(backup.directory());
            Restore restore = Restore.start(sandbox, plan, name, patience);
            try {
                PausedAnswers paused = restore.awaitPause();
                PromotedAnswers promoted = restore.promote();
                claims.add(TargetClaim.judge(
                                plan.prediction(),
                                plan.path(),
                                backup.systemIdentifier(),
                                paused,
                                promoted,
                                JournalSummary.NONE)
                        .claim());
                claims.add(IntegrityClaims.archiveUnchanged(before, plan));
                claims.add(IntegrityClaims.unchanged("backup", backupBefore, BackupFingerprint.of(backup.directory())));
                return new RestoredCluster(target, plan.prediction(), claims, restore);
            } catch (IOException | SQLException | RuntimeException e) {
                restore.close();
                throw e;
            }
        }
        if (outcome instanceof PlanOutcome.Refused refused) {
            claims.add(refused.claim());
        }
        return new RestoredCluster(target, outcome.prediction(), claims, null);
    }

    static String inWords(RecoveryTarget target) {
        return target.value().isEmpty() ? target.kind() : target.kind() + " " + target.value();
    }

    /** The verdict of all claims together. */
    public Verdict verdict() {
        return Verdict.merge(claims.stream().map(Claim::verdict).toList());
    }

    /**
     * That the backup is intact, that recovery stopped exactly at the target, and that archive and backup are as they
     * were.
     */
    public List<Claim> claims() {
        return claims;
    }

    /** What the WAL says of the target: where recovery must stop, and which transactions must be there. */
    public Prediction prediction() {
        return prediction;
    }

    /** Whether there is a cluster: false where the plan refused the restore. */
    public boolean isUp() {
        return restore != null && restore.cluster().isRunning();
    }

    /**
     * A connection to the restored cluster's database {@code postgres} as its superuser, for the caller to close.
     *
     * @throws IllegalStateException if the plan refused the restore
     */
    public Connection connect() throws SQLException {
        if (restore == null) {
            throw new IllegalStateException("the restore to " + inWords(target) + " was refused: there is no cluster");
        }
        return restore.connect();
    }

    /** The restore in words: {@code restore to time 2026-03-01T13:59:00Z}. */
    @Override
    public String toString() {
        return "restore to " + inWords(target);
    }

    @Override
    public void close() throws IOException {
        if (restore != null) {
            restore.close();
        }
    }
}
