package dev.pitrproof.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.proof.Prediction.Reach;
import dev.pitrproof.proof.SweepSelection.Moment;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEnd;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which targets a sweep has, and what it expects at each. */
class SweepSelectionTest {

    private static final SweepChoice EVERY = new SweepChoice.EveryCommit();

    /** The model: the oracle itself, asked for each position as for a target of its own. */
    @Test
    void everyTargetIsExpectedToBeWhatTheOracleSaysOfItAlone() {
        int compared = 0;
        for (long seed = 0; seed < 2_000; seed++) {
            RandomHistory history = RandomHistory.of(seed);
            Prediction whole = history.predict();
            if (whole.reach() != Reach.REACHED || whole.lastApplied() == null) {
                continue;
            }
            for (SweepCourse.Stop stop : history.course(whole).stops()) {
                Prediction swept = history.course(whole).at(stop);
                if (stop.next() != null) {
                    assertThat(inNumbers(swept))
                            .as("seed %s at %s", seed, stop.end())
                            .isEqualTo(inNumbers(history.predict(new RecoveryTarget.AtLsn(stop.end(), false))));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(1_000);
    }

    private static List<Object> inNumbers(Prediction prediction) {
        return List.of(
                prediction.reach(),
                prediction.endLsn(),
                String.valueOf(prediction.lastApplied()),
                String.valueOf(prediction.firstNotApplied()),
                prediction.applied(),
                prediction.notApplied(),
                prediction.nextXidAtRedo(),
                prediction.consistent());
    }

    private static SweepSelection selection(RecordsInMemory wal, Moment... moments) {
        List<WalRecord> records = new ArrayList<>();
        wal.forEach(records::add);
        WalRecord last = records.get(records.size() - 1);
        BackupBounds backup = new BackupBounds(
                RecordsInMemory.REDO, records.get(1).start(), records.get(2).end(), TimelineId.FIRST, false);
        Prediction whole = Oracle.predict(records, new WalEnd.Stopped(last.end()), backup, new RecoveryTarget.Latest());
        return new SweepSelection(SweepCourse.of(records, backup, whole), List.of(moments));
    }

    private static Map<Lsn, List<String>> reasons(List<SweepTarget> targets) {
        return targets.stream().collect(Collectors.toMap(SweepTarget::end, SweepTarget::reasons));
    }

    @Test
    void everyCommitIsEveryCommitBehindTheBackupAndTheOtherEdges() {
        RecordsInMemory wal = RecordsInMemory.ofBackup()
                .commit(700, 1)
                .abort(701, 2)
                .restorePoint("here", 2)
                .prepare(702, 3)
                .commit(703, 4)
                .end(WalEntry.Kind.COMMIT_PREPARED, 702, 5)
                .other(0);

        List<SweepTarget> targets = selection(wal).targets(EVERY, 1);

        assertThat(targets)
                .extracting(target -> new TreeSet<>(target.prediction().mustBeCommitted()))
                .extracting(Object::toString)
                .containsExactly("[700]", "[700]", "[700]", "[700, 703]", "[700, 702, 703]", "[700, 702, 703]");
        assertThat(targets)
                .extracting(SweepTarget::reasons)
                .extracting(Object::toString)
                .containsExactly(
                        "[first commit, before restore point here]",
                        "[restore point here]",
                        "[preparation of 702]",
                        "[behind restore point here, before end of prepared 702]",
                        "[last commit, end of prepared 702]",
                        "[end of the restore]");
        assertThat(targets.get(5).canBeAskedFor()).as("nothing follows").isFalse();
    }

    @Test
    void aSampleHasTheEdgesAndTheRestByTheSeed() {
        RecordsInMemory wal = RecordsInMemory.ofBackup();
        for (int i = 0; i < 200; i++) {
            wal.other(700 + i).commit(700 + i, i == 50 ? 49 : i);
        }
        Lsn mark = RecordsInMemory.REDO.plus(0x100 * (3 + 2 * 120));
        SweepSelection selection = selection(wal, new Moment("mark at noon", mark));

        List<SweepTarget> sample = selection.targets(new SweepChoice.Sample(20), 7);

        assertThat(sample).hasSize(20).isSortedAccordingTo((a, b) -> a.end().compareTo(b.end()));
        assertThat(reasons(sample).values().stream().flatMap(List::stream))
                .containsExactlyInAnyOrder(
                        "first commit",
                        "last commit",
                        "end of the restore",
                        "before mark at noon",
                        "behind mark at noon",
                        "same time as 749",
                        "same time as 750");
        assertThat(reasons(sample).get(mark)).containsExactly("before mark at noon");
        Function<Long, List<Lsn>> drawn = seed -> selection.targets(new SweepChoice.Sample(20), seed).stream()
                .map(SweepTarget::end)
                .toList();
        assertThat(drawn.apply(7L))
                .isEqualTo(sample.stream().map(SweepTarget::end).toList());
        assertThat(drawn.apply(8L)).isNotEqualTo(drawn.apply(7L));
    }

    @Test
    void ofThousandsOfEdgesOfAKindASampleHasSome() {
        RecordsInMemory wal = RecordsInMemory.ofBackup();
        for (int i = 0; i < 500; i++) {
            wal.commit(700 + i, 1);
        }

        assertThat(selection(wal).targets(new SweepChoice.Sample(1), 1))
                .hasSizeBetween(SweepSelection.OF_A_KIND_MAX / 2, SweepSelection.OF_A_KIND_MAX + 3);
        assertThat(selection(wal).targets(EVERY, 1)).hasSize(500);
    }

    @Test
    void aSampleOfNoneOrOfTooManyIsRefused() {
        assertThatThrownBy(() -> new SweepChoice.Sample(0))
                .hasMessage("sample is 0, expected a number of targets from 1 to 1000");
        assertThatThrownBy(() -> new SweepChoice.Sample(1001)).hasMessageContaining("from 1 to 1000");
    }
}
