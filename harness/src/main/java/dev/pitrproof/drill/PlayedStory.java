package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.MajorVersion;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.restore.Liberties;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.RestoreTarget;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.Source;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A scenario whose story is over, and whose restores can be done one by one, all or only some of them.
 *
 * <p>If the story broke off, each restore that is asked for is UNPROVEN and says why. Not for use by several threads.
 */
public final class PlayedStory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PlayedStory.class);

    private final Scenario scenario;
    private final DrillOptions options;
    private final DrillListener listener;
    private final DrillRecorder recorder;
    private final StoryChains chains;
    private @Nullable Sandbox sandbox;
    private @Nullable BackupsAtHand backups;
    private @Nullable Recording recording;
    private @Nullable StoryArchive archive;
    private @Nullable Exception failure;
    private final Map<Integer, DrillFacts> done = new HashMap<>();
    private final Losses losses = new Losses();

    PlayedStory(Scenario scenario, DrillOptions options, DrillListener listener, DrillRecorder recorder) {
        this.scenario = scenario;
        this.options = options;
        this.listener = listener;
        this.recorder = recorder;
        this.chains = new StoryChains(scenario);
    }

    /** Starts a source and plays the story on it; keeps what goes wrong for the evidence. */
    void play(SandboxOpener sandboxes) {
        try {
            Sandbox opened = sandboxes.open(options.major());
            sandbox = opened;
            backups = new BackupsAtHand(opened);
            listener.scenarioStarted(scenario, opened);
            recorder.in(opened);
            recording = play(opened);
        } catch (IOException | SQLException | StepFailed | RuntimeException e) {
            breakOff(e);
        }
    }

    private Recording play(Sandbox opened) throws IOException, SQLException, StepFailed {
        listener.progress(Progress.of("starting the source"));
        Source furnished = scenario.source()
                .withParameters(chains.parameters(scenario.source().parameters()));
        StockStory.source(furnished).forEach(listener::explained);
        Recording played;
        try (SourceServer source = SourceServer.start(opened, furnished);
                StoryPlayer player = new StoryPlayer(
                        scenario,
                        source,
                        opened.createDirectory("backups"),
                        new StoryDumps(opened, source),
                        new Random(options.seed()),
                        listener)) {
            if (scenario.restores().stream().anyMatch(entry -> entry.server().archivesAsInBackup())) {
                source.keepArchivingSettings();
            }
            source.setUp(scenario);
            played = player.play();
        }
        // nobody archives any more
        archive = played.archive() == null
                ? null
                : StoryArchive.of(played.archive(), options.home(), scenario.name() + "-pg" + options.major(), opened);
        listener.storyEnded(
                scenario.clock().to().toString(),
                played.journal().count(Outcome.ACKNOWLEDGED),
                played.journal().count(Outcome.REFUSED),
                segments(archive));
        return played;
    }

    private static int segments(@Nullable StoryArchive archive) throws IOException {
        if (archive == null) {
            return 0;
        }
        try (WalArchive opened = archive.open()) {
            return opened.segments().size();
        }
    }

    /**
     * Does one of the scenario's restores.
     *
     * @param number its place in the scenario, from 1
     * @return the evidence, which is also written to the output directory
     * @throws IOException if the evidence cannot be written
     */
    public Evidence restore(int number) throws IOException {
        if (failure == null && sandbox != null && backups != null && recording != null) {
            Restore entry = scenario.restores().get(number - 1);
            listener.restoreStarted(entry, number, scenario.restores().size());
            try {
                return restore(sandbox, recording, backups, entry, number);
            } catch (IOException | RuntimeException e) {
                breakOff(e);
            }
        }
        return recorder.brokenOff(
                assignment(number), failure == null ? new IllegalStateException("no story was played") : failure);
    }

    private Evidence restore(Sandbox sandbox, Recording recording, BackupsAtHand backups, Restore entry, int number)
            throws IOException {
        if (entry.to() instanceof RestoreTarget.OfSnapshot) {
            DumpRestores dumps = new DumpRestores(
                    sandbox,
                    scenario,
                    recording,
                    Objects.requireNonNull(archive, "the reader lets nobody take a dump without an archive"),
                    listener);
            DumpRestores.Judged judged = dumps.restore(entry, number, assignment(number), losses);
            List<Claim> found = new ArrayList<>(judged.claims());
            if (options.sabotage()) {
                dumps.sabotaged(judged)
                        .flatMap(trials -> sabotage(sandbox).of(judged.facts(), judged.claims(), trials))
                        .ifPresent(found::add);
            }
            return recorder.record(judged.facts(), found);
        }
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
                assignment(number),
                aim.target(),
                aim.inWords(),
                new StoryFacts(scenario, recording, aim.moment(), entry.to()));
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
        done.put(number, facts);
        losses.add(facts, entry);
        if (options.sabotage()) {
            sabotage(sandbox).of(facts, claims).ifPresent(claims::add);
        }
        return recorder.record(facts, claims);
    }

    private Sabotage sabotage(Sandbox sandbox) {
        return new Sabotage(sandbox, RestoreDrill.Access.DEFAULT, options.patience(), listener);
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
                "there is none, for it failed: "
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

    /** A restore of this story, to be repeated with something wrong; empty if it was not done, or was refused. */
    public Optional<Rehearsal> rehearsal(int number) {
        DrillFacts facts = done.get(number);
        Sandbox opened = sandbox;
        return facts == null || opened == null
                ? Optional.empty()
                : facts.plan().map(plan -> new Rehearsal(opened, facts, plan, options.patience(), listener));
    }

    private Assignment assignment(int number) {
        Restore entry = scenario.restores().get(number - 1);
        return new Assignment(
                scenario.name() + "-pg" + options.major() + "-" + number,
                scenario.name(),
                entry.about() == null ? scenario.about() : entry.about(),
                scenario.tags(),
                entry.expect(),
                entry.prove(),
                entry.sweep() == null ? null : new SweepOrder(entry.sweep(), options.seed()));
    }

    private void breakOff(Exception cause) {
        LOG.error("drill of {} broke off", scenario.name(), cause);
        failure = cause;
    }

    /** Removes everything that was made but the evidence. */
    @Override
    public void close() {
        if (archive != null) {
            try {
                archive.close();
            } catch (IOException e) {
                LOG.error("the archive of {} was not removed", scenario.name(), e);
                listener.leftBehind(new SandboxException(
                        SandboxException.Kind.ENVIRONMENT,
                        "the archive was not removed: " + e.getMessage(),
                        "remove it by hand, as with: aws s3 rm --recursive",
                        e));
            }
        }
        if (sandbox == null) {
            return;
        }
        try {
            sandbox.close();
        } catch (SandboxException e) {
            // the evidence is written, and the sandbox itself tries again when this JVM ends
            LOG.error("the sandbox of {} was not removed", scenario.name(), e);
            listener.leftBehind(e);
        }
    }
}
