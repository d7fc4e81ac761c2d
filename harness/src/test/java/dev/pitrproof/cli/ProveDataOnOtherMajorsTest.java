package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.find.DamagedSource;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.Restore;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code prove --data} on other majors than the one of {@link ProveDataTest}: a copy where it should be, and one too far. */
class ProveDataOnOtherMajorsTest {

    private static final int DROP = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path scratch;

    @ParameterizedTest
    @ValueSource(ints = {14, 18})
    void aCopyIsProvenWhereItEndedAndRefutedElsewhere(int major) throws Exception {
        try (DamagedSource source = DamagedSource.make(major, DamagedSource.DROPPED_TABLE);
                Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {}))) {
            Path copy = copyBefore(source.xid(DROP), source, sandbox);

            Outcome there = prove(copy, source, "--target-xid=" + source.xid(DROP), "--target-exclusive");
            Outcome behind = prove(copy, source, "--target-xid=" + source.xid(DROP));

            assertThat(there.code()).as(there.out() + there.err()).isZero();
            assertThat(there.out()).contains("PROVEN  TARGET_EXACT").contains("✓ copy-unchanged");
            assertThat(behind.code()).as(behind.out() + behind.err()).isEqualTo(1);
            assertThat(behind.out()).contains("REFUTED NOT AS EXPECTED  STOPPED_EARLY");
        }
    }

    /** Recovered up to right before a transaction, promoted and shut down. */
    private static Path copyBefore(String xid, DamagedSource source, Sandbox sandbox) throws Exception {
        try (WalArchive archive = DirectoryArchive.open(source.archive())) {
            RecoveryTarget target = new RecoveryTarget.Xid(Integer.parseUnsignedInt(xid), false);
            PlanOutcome outcome = new RestorePlanner(source.backup(), archive, target, "xid " + xid)
                    .plan(source.backup().timeline());
            assertThat(outcome).isInstanceOf(PlanOutcome.Reachable.class);
            try (Restore restore =
                    Restore.start(sandbox, ((PlanOutcome.Reachable) outcome).plan(), "copy", Duration.ofSeconds(60))) {
                restore.awaitPause();
                restore.promote();
                return restore.shutDown();
            }
        }
    }

    private Outcome prove(Path copy, DamagedSource source, String... target) {
        List<String> all = new ArrayList<>(List.of(
                "prove",
                "--sandbox=process",
                "--no-structure",
                "--output=" + scratch.resolve("out"),
                "--data=" + copy,
                "--archive=" + source.archive()));
        all.addAll(List.of(target));
        return Outcome.of(all);
    }
}
