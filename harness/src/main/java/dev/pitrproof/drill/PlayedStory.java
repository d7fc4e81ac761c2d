package dev.pitrproof.drill;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private @Nullable Recording recording;
    private @Nullable Exception failure;
    private final Map<Integer, DrillFacts> done = new HashMap<>();

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
            listener.scenarioStarted(scenario, opened);
            recorder.in(opened);
            recording = play(opened);
        } catch (IOException | SQLException | StepFailed | RuntimeException e) {
            breakOff(e);
        }
    }

    private Recording play(Sandbox opened) throws IOException, SQLException, StepFailed {
        listener.progress(Progress.of("starting the source"));
        StockStory.source(scenario, SourceServer.SEGMENT_SIZE >> 20).forEach(listener::explained);
        try (SourceServer source = SourceServer.start(
                        opened,
                        scenario.source().archive(),
                        chains.parameters(scenario.source().parameters()));
                StoryPlayer player = new StoryPlayer(
                        scenario, source, opened.createDirectory("backups"), new Random(options.seed()), listener)) {
            source.setUp(scenario.source());
            Recording played = player.play();
            try (DirectoryArchive archive = DirectoryArchive.open(played.archive())) {
                listener.storyEnded(
                        scenario.clock().to().toString(),
                        played.journal().count(Outcome.ACKNOWLEDGED),
                        played.journal().count(Outcome.REFUSED),
                        archive.segments().size());
            }
            return played;
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
        if (failure == null && sandbox != null && recording != null) {
            Restore entry = scenario.restores().get(number - 1);
            listener.restoreStarted(entry, number, scenario.restores().size());
            try {
                return restore(sandbox, recording, entry, number);
            } catch (IOException | RuntimeException e) {
                breakOff(e);
            }
        }
        return recorder.brokenOff(
                assignment(number), failure == null ? new IllegalStateException("no story was played") : failure);
    }

    private Evidence restore(Sandbox sandbox, Recording recording, Restore entry, int number) throws IOException {
        AimedRestore aim = AimedRestore.of(recording, entry);
        DrillFacts facts = new DrillFacts(
                assignment(number),
                aim.target(),
                aim.inWords(),
                new StoryFacts(scenario, recording, aim.moment(), entry.to()));
        RestoreDrill drill = new RestoreDrill(
                sandbox, "restore-" + number, facts, RestoreDrill.Access.DEFAULT, options.patience(), listener);
        ExistingBackup.Examined examined = chains.examine(entry.from(), recording, sandbox);
        List<Claim> claims = new ArrayList<>();
        if (examined instanceof ExistingBackup.Examined.Unusable unusable) {
            claims.add(unusable.why());
            facts.leaveOpen(claims, "not checked: there is nothing to restore");
        } else if (examined instanceof ExistingBackup.Examined.Usable usable) {
            facts.combinedFrom(chains.combinedFrom(entry.from(), recording));
            claims.addAll(drill.run(planning(recording, usable, aim, entry)));
        }
        done.put(number, facts);
        if (options.sabotage()) {
            new Sabotage(sandbox, RestoreDrill.Access.DEFAULT, options.patience(), listener)
                    .of(facts, claims)
                    .ifPresent(claims::add);
        }
        return recorder.record(facts, claims);
    }

    private static RestoreDrill.Planning planning(
            Recording recording, ExistingBackup.Examined.Usable usable, AimedRestore aim, Restore entry) {
        BaseBackup backup = usable.backup();
        return new RestoreDrill.Planning() {
            @Override
            public WalArchive openArchive() throws IOException {
                return DirectoryArchive.open(recording.archive());
            }

            @Override
            public RestoreDrill.Planned plan(WalArchive archive) throws IOException {
                PlanOutcome outcome =
                        new RestorePlanner(backup, archive, aim.target(), aim.inWords()).plan(entry.timeline());
                return new RestoreDrill.Planned(
                        backup,
                        backup.directory(),
                        outcome,
                        usable.intact().stream().toList());
            }
        };
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
