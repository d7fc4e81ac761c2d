package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveFingerprint;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BackupFingerprint;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.SweepChoice;
import dev.pitrproof.proof.SweepTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.ArchivingInBackup;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.Restore;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.TableDigest;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One restore, from its plan to its claims, judged. */
final class RestoreDrill {

    private static final Logger LOG = LoggerFactory.getLogger(RestoreDrill.class);

    /** Finds what a restore needs, and what the WAL says of its target. */
    interface Planning {
        WalArchive openArchive() throws IOException;

        Planned plan(WalArchive archive) throws IOException;

        /** Brings the planned server up. */
        default Restore start(Sandbox sandbox, RestorePlan plan, String name, String superuser, Duration patience)
                throws IOException {
            return Restore.start(sandbox, plan, name, superuser, patience);
        }

        /** Behind the end of recovery, before anything else is asked. */
        default void promoted(Restore restore) throws SQLException {
            // a server that archives nothing needs no time to do it
        }

        /** What it is that must not change. */
        default String subject() {
            return "backup";
        }
    }

    /**
     * A restore that was thought through.
     *
     * @param artefacts the directory that must not change: the backup's own, or where its tar files are
     * @param aboutBackup what was found out about the backup itself
     */
    record Planned(BaseBackup backup, Path artefacts, PlanOutcome outcome, List<Claim> aboutBackup) {}

    /**
     * Who asks the restored cluster.
     *
     * @param superuser a role of the cluster
     * @param database where the claims' SQL is run
     */
    record Access(String superuser, String database) {
        static final Access DEFAULT = new Access("postgres", "postgres");
    }

    private final Sandbox sandbox;
    private final String name;
    private final DrillFacts facts;
    private final Access access;
    private final Duration patience;
    private final DrillListener listener;
    private final List<Claim> claims = new ArrayList<>();

    /** @param name fit for a directory; no other restore of the sandbox has it */
    RestoreDrill(Sandbox sandbox, String name, DrillFacts facts, Access access, Duration patience) {
        this(sandbox, name, facts, access, patience, DrillListener.SILENT);
    }

    /** One that somebody listens to. */
    RestoreDrill(
            Sandbox sandbox, String name, DrillFacts facts, Access access, Duration patience, DrillListener listener) {
        this.sandbox = sandbox;
        this.name = name;
        this.facts = facts;
        this.access = access;
        this.patience = patience;
        this.listener = listener;
    }

    /** Plans, and where the plan allows it restores, asks and judges. */
    List<Claim> run(Planning planning) {
        listener.progress(Progress.of("reading the WAL"));
        try (WalArchive archive = planning.openArchive()) {
            Planned planned = planning.plan(archive);
            facts.planned(planned.backup(), archive, planned.outcome());
            claims.addAll(planned.aboutBackup());
            if (planned.outcome() instanceof PlanOutcome.Refused refused) {
                claims.add(refused.claim());
                FindingCode reason = refused.claim().verdict() == Verdict.UNPROVEN
                        ? FindingCode.valueOf(refused.claim().code())
                        : FindingCode.NOTHING_TO_PROVE;
                facts.leaveOpen(claims, reason, "not checked: the plan refused the restore, and nothing was copied");
            } else if (planned.outcome() instanceof PlanOutcome.Reachable reachable) {
                restore(planning, reachable.plan(), planned.artefacts());
            }
        } catch (IOException | SQLException | RuntimeException e) {
            giveUp(e);
        }
        return claims;
    }

    private void giveUp(Exception e) {
        LOG.error("{} broke off", name, e);
        BreakOff why = BreakOff.of(e);
        boolean targetJudged = claims.stream().anyMatch(claim -> claim.claim().equals(TargetClaim.NAME));
        claims.add(new Claim(
                targetJudged ? "restore" : TargetClaim.NAME,
                Verdict.UNPROVEN,
                why.code().name(),
                "a restore that can be asked",
                why.found(),
                why.hint(),
                List.of()));
        facts.leaveOpen(claims, "not checked: the restore broke off");
    }

    private void restore(Planning planning, RestorePlan plan, Path artefacts) throws IOException, SQLException {
        SweepOrder order = facts.assignment().sweep();
        List<SweepTarget> others = order == null ? List.of() : order.targets(plan, facts.story());
        if (order != null && others.size() > SweepChoice.TARGETS_MAX) {
            claims.add(order.tooMany(others.size()));
            facts.leaveOpen(claims, "not checked: nothing was restored");
            return;
        }
        List<Path> untouched = facts.chain().isEmpty() ? List.of(artefacts) : facts.chain();
        StockBackup taken = stockBackup(untouched);
        StockWal wal = StockWal.of(plan, stockName());
        wal.explanation().ifPresent(listener::explained);
        StockRestore stock = new StockRestore(plan, wal, taken.word(), stockName());
        listener.explained(stock.plan(facts.targetInWords()));
        listener.progress(Progress.of("taking fingerprints"));
        ArchiveFingerprint before = ArchiveFingerprint.of(plan.archive().store(), plan.segments());
        BackupFingerprint backup = BackupFingerprint.of(untouched);
        facts.fingerprint(before);
        try {
            taken.explanation().ifPresent(listener::explained);
            recover(planning, plan, stock);
            if (order != null) {
                claims.addAll(
                        new SweepDrill(sandbox, name, plan, order, facts, access, patience, listener).run(others));
            }
        } finally {
            listener.progress(Progress.of("comparing fingerprints"));
            // whatever became of the restore, it must have changed neither the archive nor the backup
            claims.add(IntegrityClaims.archiveUnchanged(before, plan));
            claims.add(IntegrityClaims.unchanged(planning.subject(), backup, BackupFingerprint.of(untouched)));
        }
    }

    /** Where a story's backup is, or one that somebody else made, for which that has been told before. */
    private StockBackup stockBackup(List<Path> taken) throws IOException {
        if (facts.story().isEmpty()) {
            return new StockBackup(List.of(), "\"$BACKUP\"");
        }
        List<String> words = taken.stream()
                .map(directory -> "\"$BACKUPS/" + directory.getFileName() + "\"")
                .toList();
        return StockBackup.of(taken, words, stockName() + "-");
    }

    private String stockName() {
        return name.replace("restore", "restored");
    }

    private void recover(Planning planning, RestorePlan plan, StockRestore stock) throws IOException, SQLException {
        listener.progress(Progress.of("copying the backup"));
        try (Restore restore = planning.start(sandbox, plan, name, access.superuser(), patience)) {
            boolean replays = StockRestore.replays(restore.settings());
            listener.explained(stock.copy(restore.settings()));
            stock.recover(restore.settings()).forEach(listener::explained);
            facts.copied(restore.copyMethod());
            facts.attach("restore-requests.txt", restore.requests());
            facts.attach("restored-server.log", restore.cluster().logFile());
            Lsn begin = plan.backup().startLsn();
            long bytes = Math.max(1, plan.prediction().endLsn().minus(begin));
            listener.progress(Progress.ofBytes("replaying WAL", 0, bytes));
            facts.paused(restore.awaitPause(at ->
                    listener.progress(Progress.ofBytes("replaying WAL", Math.min(bytes, at.minus(begin)), bytes))));
            if (replays) {
                listener.explained(stock.witnesses());
            }
            facts.promoted(restore.promote());
            planning.promoted(restore);
            if (replays) {
                listener.explained(stock.promotion());
            }
            facts.phases(restore.phases());
            claims.add(facts.judgeTarget(plan));
            long begun = System.nanoTime();
            listener.progress(Progress.of("asking the restored cluster"));
            CloneSurvey survey = new CloneSurvey(restore);
            survey.look();
            facts.note(survey.notes());
            facts.note(aboutArchiving(plan, restore));
            try (Connection connection = restore.connect(access.database())) {
                judge(new DataClaims(connection, digests()), restore);
            }
            claims.add(survey.judge());
            facts.isolated(survey.isolation());
            if (asks(ClaimSpec.PageChecksumsSound.class)) {
                claims.add(PageClaim.judge(restore));
            }
            facts.checked((System.nanoTime() - begun) / 1e9);
            listener.explained(StockRestore.removal());
        }
    }

    /** Why a copy that is started by hand may do harm where this one did none. */
    private static List<String> aboutArchiving(RestorePlan plan, Restore restore) throws IOException {
        boolean brought = ArchivingInBackup.of(plan.backup().directory()).isOn();
        return brought && "off".equals(restore.settings().get("archive_mode"))
                ? List.of("the settings in the backup archive to where its source does: this server never read them")
                : List.of();
    }

    private boolean asks(Class<? extends ClaimSpec> kind) {
        return facts.assignment().prove().stream().anyMatch(kind::isInstance);
    }

    private Map<String, Map<String, TableDigest>> digests() {
        return facts.story().map(story -> story.recording().digests()).orElse(Map.of());
    }

    /** A check that cannot be carried out leaves its own claim open, and no other. */
    private void judge(DataClaims data, Restore restore) {
        StructureClaims structure = new StructureClaims(restore);
        ClusterClaims cluster = new ClusterClaims(
                restore,
                facts.story().map(story -> story.recording().clusterDigests()).orElse(Map.of()));
        for (ClaimSpec claim : inOrder()) {
            StockRestore.of(claim).ifPresent(listener::explained);
            listener.progress(Progress.of("checking " + ClaimNames.of(claim)));
            try {
                claims.addAll(judge(claim, data, cluster, structure));
            } catch (SQLException e) {
                claims.add(unchecked(claim, e));
            }
        }
    }

    /** A claim that the restored cluster could not answer. */
    static Claim unchecked(ClaimSpec claim, SQLException failure) {
        LOG.warn("claim {} could not be checked", ClaimNames.of(claim), failure);
        return new Claim(
                ClaimNames.of(claim),
                Verdict.UNPROVEN,
                (Libraries.isMissing(failure) ? FindingCode.ENGINE_CANNOT_JUDGE : FindingCode.NOTHING_TO_PROVE).name(),
                ClaimNames.of(claim),
                "could not be checked: " + BreakOff.inWords(failure),
                "correct the claim, or find out why the restored cluster could not answer",
                List.of());
    }

    /** The structure last, for its check writes to the cluster. */
    private List<ClaimSpec> inOrder() {
        return facts.assignment().prove().stream()
                .sorted(Comparator.comparing(ClaimSpec.StructureSound.class::isInstance))
                .toList();
    }

    private List<Claim> judge(ClaimSpec claim, DataClaims data, ClusterClaims cluster, StructureClaims structure)
            throws SQLException {
        if (claim instanceof ClaimSpec.TableExists exists) {
            return List.of(data.tableExists(exists));
        } else if (claim instanceof ClaimSpec.TableAbsent absent) {
            return List.of(data.tableAbsent(absent));
        } else if (claim instanceof ClaimSpec.SameAs same) {
            return List.of(data.sameAs(same));
        } else if (claim instanceof ClaimSpec.Query query) {
            return List.of(data.query(query));
        } else if (claim instanceof ClaimSpec.ClusterSameAs same) {
            return List.of(cluster.sameAs(same));
        } else if (claim instanceof ClaimSpec.SequencesNotBehind sequences) {
            return List.of(cluster.sequences(sequences));
        } else if (claim instanceof ClaimSpec.PreparedTransactions prepared) {
            return List.of(cluster.prepared(prepared));
        } else if (claim instanceof ClaimSpec.StructureSound) {
            return structure.judge();
        } else if (claim instanceof ClaimSpec.RecoveredWithin within) {
            return facts.isRestoredElsewhere()
                    ? List.of(ObjectiveClaims.notMeasured(within))
                    : List.of(ObjectiveClaims.recoveredWithin(within, facts.recoverySeconds()));
        } else if (claim instanceof ClaimSpec.LostAtMost lost) {
            return facts.story().map(story -> ObjectiveClaims.lostAtMost(lost, story.loss(facts))).stream()
                    .toList();
        }
        return List.of(); // the target was judged before, and pages are when nobody needs the server any more
    }
}
