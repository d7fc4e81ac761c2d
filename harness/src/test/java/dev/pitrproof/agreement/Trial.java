package dev.pitrproof.agreement;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.JournalSummary;
import dev.pitrproof.proof.Oracle;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.Prediction.Reach;
import dev.pitrproof.proof.PromotedAnswers;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.proof.XidStatuses.Status;
import dev.pitrproof.restore.Restore;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineHistory.Switch;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** Lets a server recover to one target after the other, and compares with what the oracle says. */
final class Trial {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NOT_REACHED = "recovery ended before configured recovery target was reached";
    private static final String TOO_EARLY = "requested recovery stop point is before consistent recovery point";

    private final Sandbox sandbox;
    private final DirectoryArchive archive;
    private int number;

    Trial(Sandbox sandbox, DirectoryArchive archive) {
        this.sandbox = sandbox;
        this.archive = archive;
    }

    Outcome of(Attempt attempt) throws IOException {
        Prediction prediction = Oracle.predict(
                new WalReader(archive, path(attempt), archive.segmentSize())
                        .expecting(attempt.backup().systemIdentifier()),
                RestorePlanner.bounds(attempt.backup()),
                attempt.target());
        String expected =
                switch (prediction.reach()) {
                    case REACHED -> "stops at " + prediction.endLsn();
                    case BEFORE_CONSISTENCY -> TOO_EARLY;
                    case NOT_REACHED -> NOT_REACHED;
                };
        String name = "try-" + ++number;
        List<String> differences;
        try (Restore restore = Restore.start(sandbox, plan(attempt, prediction), name, PATIENCE)) {
            differences = compare(attempt, prediction, restore);
        } catch (SandboxException e) {
            String death = Objects.requireNonNull(e.getMessage());
            differences = prediction.reach() != Reach.REACHED && death.contains(expected) ? List.of() : List.of(death);
        } catch (SQLException | RuntimeException e) {
            differences = List.of("could not be compared: " + e); // which is no agreement
        }
        remove(sandbox.directory().resolve(name));
        remove(sandbox.directory().resolve(name + "-data"));
        return new Outcome(attempt, expected, differences);
    }

    private TimelineHistory path(Attempt attempt) throws IOException {
        return archive.history(attempt.timeline()).orElseThrow();
    }

    /** Of any target: what cannot be reached the server shall find out by itself. */
    private RestorePlan plan(Attempt attempt, Prediction prediction) throws IOException {
        List<String> files = new ArrayList<>();
        List<SegmentName> segments = archive.segments();
        segments.forEach(segment -> files.add(segment.fileName()));
        for (TimelineId timeline : archive.timelines()) {
            if (!timeline.equals(TimelineId.FIRST)) {
                files.add(timeline.historyFileName());
            }
        }
        return new RestorePlan(attempt.backup(), archive, attempt.target(), path(attempt), prediction, segments, files);
    }

    private List<String> compare(Attempt attempt, Prediction prediction, Restore restore)
            throws IOException, SQLException {
        PausedAnswers paused = restore.awaitPause();
        List<String> differences = new ArrayList<>();
        Lsn replayed = paused.replayLsn();
        if (prediction.reach() != Reach.REACHED) {
            return List.of("it stopped at " + replayed);
        }
        if (!prediction.endLsn().equals(replayed)) {
            differences.add("replayed up to " + replayed);
        }
        compareTransactions(prediction, paused, differences);
        PromotedAnswers promoted = restore.promote();
        compareHistory(attempt, prediction, promoted, differences);
        Claim claim = TargetClaim.judge(
                        prediction,
                        path(attempt),
                        attempt.backup().systemIdentifier(),
                        paused,
                        promoted,
                        JournalSummary.NONE)
                .claim();
        if (claim.verdict() == Verdict.REFUTED
                || (claim.verdict() == Verdict.UNPROVEN
                        && !prediction.mustBeCommitted().isEmpty())) {
            differences.add("the verdict is " + claim);
        }
        return differences;
    }

    /** Exactly those are committed that must be, of all xids of which the WAL tells an end, or would have to. */
    private static void compareTransactions(Prediction prediction, PausedAnswers paused, List<String> differences) {
        Set<Long> expected = prediction.mustBeCommitted();
        Set<Long> told = new HashSet<>(expected);
        told.addAll(prediction.mustBeAborted());
        told.addAll(prediction.mustNotBeCommitted());
        long next = prediction.nextXidAtRedo().orElseThrow();
        Set<Long> found = new HashSet<>();
        paused.statuses().answers().forEach((xid, status) -> {
            if (status == Status.COMMITTED && (xid >= next || told.contains(xid))) {
                found.add(xid);
            }
        });
        if (!found.equals(expected)) {
            Set<Long> missing = new HashSet<>(expected);
            missing.removeAll(found);
            found.removeAll(expected);
            differences.add("not committed: " + missing + "; committed all the same: " + found);
        }
    }

    private void compareHistory(
            Attempt attempt, Prediction prediction, PromotedAnswers promoted, List<String> differences)
            throws IOException {
        TimelineHistory history = promoted.history();
        if (history == null) {
            differences.add("no new timeline");
            return;
        }
        List<Switch> ancestry = history.ancestry();
        Switch branch = ancestry.get(ancestry.size() - 1);
        if (!branch.switchpoint().equals(prediction.endLsn())) {
            differences.add("its timeline branches off at " + branch.switchpoint());
        }
        List<TimelineId> expected = new ArrayList<>(path(attempt).path());
        expected.add(promoted.timeline());
        if (!history.path().equals(expected)) {
            differences.add("its timeline path is " + history.path() + ", not " + expected);
        }
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
