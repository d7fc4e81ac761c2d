package dev.pitrproof.drill;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.RestoreTarget;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.Source;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.io.IOException;
import java.sql.SQLException;
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
        StoryRestores.Judged judged = new StoryRestores(
                        sandbox, scenario, recording, backups, chains, archive, options, listener)
                .restore(entry, number, assignment(number));
        List<Claim> claims = new ArrayList<>(judged.claims());
        done.put(number, judged.facts());
        losses.add(judged.facts(), entry);
        if (options.sabotage()) {
            sabotage(sandbox).of(judged.facts(), claims).ifPresent(claims::add);
        }
        return recorder.record(judged.facts(), claims);
    }

    private Sabotage sabotage(Sandbox sandbox) {
        return new Sabotage(sandbox, RestoreDrill.Access.DEFAULT, options.patience(), listener);
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
