package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.MajorVersion;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.restore.Liberties;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Restores from the base backups of a story that is over, one by one. What there is to restore from, and whether it is whole,
 * is found out before.
 */
final class StoryRestores {

    private final Sandbox sandbox;
    private final Scenario scenario;
    private final Recording recording;
    private final BackupsAtHand backups;
    private final StoryChains chains;
    private final @Nullable StoryArchive archive;
    private final DrillOptions options;
    private final DrillListener listener;

    /** @param archive null if the story had none */
    StoryRestores(
            Sandbox sandbox,
            Scenario scenario,
            Recording recording,
            BackupsAtHand backups,
            StoryChains chains,
            @Nullable StoryArchive archive,
            DrillOptions options,
            DrillListener listener) {
        this.sandbox = sandbox;
        this.scenario = scenario;
        this.recording = recording;
        this.backups = backups;
        this.chains = chains;
        this.archive = archive;
        this.options = options;
        this.listener = listener;
    }

    /** What came of one, for its evidence. */
    record Judged(DrillFacts facts, List<Claim> claims) {}

    /** @param number the restore's place in its scenario, from 1 */
    Judged restore(Restore entry, int number, Assignment assignment) throws IOException {
        BaseBackup taken = recording.backups().complete().get(entry.from());
        ExistingBackup.Examined examined = taken == null ? null : chains.examine(entry.from(), recording, backups);
        BackupsAtHand.AtHand backup = taken != null && examined instanceof ExistingBackup.Examined.Usable usable
                ? new BackupsAtHand.AtHand(
                        usable.backup(),
                        taken.directory(),
                        usable.intact().stream().toList())
                : null;
        WalOpener wal = backup == null ? null : wal(backup);
        AimedRestore aim = AimedRestore.of(recording, entry, backup == null ? null : backup.plain(), wal);
        DrillFacts facts = new DrillFacts(
                assignment, aim.target(), aim.inWords(), new StoryFacts(scenario, recording, aim.moment(), entry.to()));
        List<Claim> claims = new ArrayList<>(recording.backups().findings());
        if (taken == null) {
            claims.add(missing(entry.from(), recording.backups()));
            facts.leaveOpen(claims, "not checked: there is nothing to restore from");
        } else if (examined instanceof ExistingBackup.Examined.Unusable unusable) {
            claims.add(unusable.why());
            facts.leaveOpen(claims, "not checked: there is nothing to restore");
        } else if (backup != null && wal == null) {
            claims.addAll(backup.claims());
            claims.add(withoutWal(backup.plain()));
            facts.leaveOpen(claims, "not checked: there is no WAL to recover with");
        } else if (backup != null && wal != null && entry.server().postgres() != null) {
            claims.addAll(backup.claims());
            OtherMajor other = new OtherMajor(
                    entry.server().postgres(),
                    MajorVersion.of(backup.plain().directory()).orElse(options.major()));
            listener.explained(other.explanation(entry.from()));
            claims.add(other.refused(entry.from(), wal));
            facts.leaveOpen(claims, FindingCode.ENGINE_CANNOT_JUDGE, "not checked: nothing was restored");
        } else if (backup != null && wal != null) {
            facts.combinedFrom(chains.combinedFrom(entry.from(), recording));
            RestoreDrill drill = new RestoreDrill(
                    sandbox, "restore-" + number, facts, RestoreDrill.Access.DEFAULT, options.patience(), listener);
            FromStory planning = new FromStory(
                    wal,
                    backup,
                    aim,
                    entry.timeline(),
                    recording.repeated(entry).orElse(null),
                    null);
            claims.addAll(entry.server().archivesAsInBackup() ? loose(drill, planning, facts) : drill.run(planning));
        }
        return new Judged(facts, claims);
    }

    /** Runs a restore whose server may write to the archive, which is set right again afterwards. */
    private static List<Claim> loose(RestoreDrill drill, FromStory planning, DrillFacts facts) throws IOException {
        try (LooseClone clone = LooseClone.of(planning.wal().directory())) {
            List<Claim> claims = drill.run(planning.with(clone));
            facts.isolated(LooseClone.isolation());
            return claims;
        }
    }

    private static Claim missing(String label, StoryBackups.Taken backups) {
        return new Claim(
                TargetClaim.NAME,
                Verdict.REFUTED,
                FindingCode.BACKUP_MISSING.name(),
                "a backup \"" + label + "\" to restore from",
                "the backup \"" + label + "\" failed: "
                        + Objects.requireNonNull(
                                backups.missing().get(label), "each backup is complete, or failed as it should"),
                "watch that backups succeed, and restore one now and then: a job that has failed says nothing later",
                List.of("replication client"));
    }

    /** The archive that the story filled, or where there is none, the WAL inside of the backup; null without any. */
    private @Nullable WalOpener wal(BackupsAtHand.AtHand backup) throws IOException {
        if (archive != null) {
            return archive;
        }
        WalOpener inside = new WalOpener.InDirectory(backup.plain().directory().resolve("pg_wal"));
        try {
            inside.open().close();
            return inside;
        } catch (ArchiveException e) {
            if (e.kind() == ArchiveException.Kind.NO_SEGMENTS || e.kind() == ArchiveException.Kind.NO_DIRECTORY) {
                return null;
            }
            throw e;
        }
    }

    private static Claim withoutWal(BaseBackup backup) throws IOException {
        return new Claim(
                TargetClaim.NAME,
                Verdict.REFUTED,
                FindingCode.WAL_GAP.name(),
                "WAL from " + backup.startLsn() + " at least to " + RestorePlanner.end(backup) + ", where backup \""
                        + backup.label().label() + "\" ends",
                "there is no archive, and the backup holds no WAL",
                "archive the WAL, or let backups bring their own: without it none can be restored",
                List.of("WAL"));
    }

    /**
     * @param repeated as what time the server is told its target; null: as that which it is
     * @param loose whose server is let loose; null for one that does no harm
     */
    private record FromStory(
            WalOpener wal,
            BackupsAtHand.AtHand backup,
            AimedRestore aim,
            TimelineChoice timeline,
            @Nullable RepeatedTime repeated,
            @Nullable LooseClone loose)
            implements RestoreDrill.Planning {

        FromStory with(LooseClone which) {
            return new FromStory(wal, backup, aim, timeline, repeated, which);
        }

        @Override
        public dev.pitrproof.restore.Restore start(
                Sandbox sandbox, RestorePlan plan, String name, String superuser, Duration patience)
                throws IOException {
            Liberties liberties = loose == null
                    ? Liberties.NONE
                    : loose.liberties(sandbox, plan.backup().directory());
            return dev.pitrproof.restore.Restore.start(
                    sandbox, plan, name, superuser, patience, repeated == null ? liberties : repeated.told(liberties));
        }

        @Override
        public void promoted(dev.pitrproof.restore.Restore restore) throws SQLException {
            if (loose != null) {
                loose.awaitArchived(restore);
            }
        }

        @Override
        public WalArchive openArchive() throws IOException {
            return wal.open();
        }

        @Override
        public RestoreDrill.Planned plan(WalArchive archive) throws IOException {
            PlanOutcome outcome =
                    new RestorePlanner(backup.plain(), archive, aim.target(), aim.inWords()).plan(timeline);
            return new RestoreDrill.Planned(backup.plain(), backup.artefacts(), outcome, backup.claims());
        }
    }
}
