package dev.pitrproof.drill;

import dev.pitrproof.fault.DamagedSegment;
import dev.pitrproof.fault.LostSegment;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.Step;
import dev.pitrproof.scenario.StoryTime;
import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a story does to the archive: most of it at once, what damages it when the story is over. */
final class ArchiveEvents {

    private final SourceServer source;
    private final @Nullable StoryTime heldFrom;
    private final List<LostSegment> losses = new ArrayList<>();
    private final List<DamagedSegment> damages = new ArrayList<>();

    ArchiveEvents(Scenario scenario, SourceServer source) {
        this.source = source;
        this.heldFrom = heldFrom(scenario).orElse(null);
    }

    /**
     * From when on an archive that lags gets nothing more until the end of the story. What was complete before has
     * arrived by then, what is completed later has not: so it is held at that very time, and nowhere before.
     */
    private static Optional<StoryTime> heldFrom(Scenario scenario) {
        Step.DelayArchive lag = null;
        for (Step step : scenario.story()) {
            if (step instanceof Step.DelayArchive delay) {
                lag = delay;
            } else if (step instanceof Step.ResumeArchive) {
                lag = null;
            }
        }
        if (lag == null) {
            return Optional.empty();
        }
        long last = scenario.clock().to().seconds() - lag.by().toSeconds();
        return Optional.of(new StoryTime((int) Math.max(last, lag.at().seconds())));
    }

    /** Times that the story must stop at besides those that it names. */
    List<StoryTime> times() {
        return heldFrom == null ? List.of() : List.of(heldFrom);
    }

    /** Behind all steps of a time; returns whether the archive is held from then on. */
    boolean reached(StoryTime time) throws IOException, SQLException {
        boolean held = time.equals(heldFrom);
        if (held) {
            source.pauseArchive();
        }
        return held;
    }

    /** Does what a step says; returns what to tell of it. */
    String run(Step.FillDisk step) throws IOException, SQLException {
        source.fillArchive();
        return "the archive's disk is full: the archive_command fails, and complete segments stay on the source";
    }

    String run(Step.PauseArchive step) throws IOException, SQLException {
        source.pauseArchive();
        return "paused: complete segments stay on the source";
    }

    String run(Step.ResumeArchive step) throws IOException, SQLException {
        source.resumeArchive();
        return "resumed: what was held back is archived";
    }

    String run(Step.DelayArchive step) {
        return "lags by " + ObjectiveClaims.inWords(step.by());
    }

    String run(Step.LoseWal step) throws SQLException {
        LostSegment loss = new LostSegment(source.segment(source.position()));
        losses.add(loss);
        return "segment " + loss.segment() + " will be lost from the archive";
    }

    String run(Step.CorruptWal step) throws SQLException {
        Lsn position = source.position();
        DamagedSegment damage = new DamagedSegment(source.segment(position), position);
        damages.add(damage);
        return "segment " + damage.segment() + " will be damaged in the archive, from " + position + " on";
    }

    /** Damages the archive, when all is in it; returns how that would be done by hand. */
    List<Explanation> strike() throws IOException {
        for (DamagedSegment damage : damages) {
            damage.strike(source.archive());
        }
        for (LostSegment loss : losses) {
            loss.strike(source.archive());
        }
        return StockArchive.strike(!damages.isEmpty(), !losses.isEmpty());
    }
}
