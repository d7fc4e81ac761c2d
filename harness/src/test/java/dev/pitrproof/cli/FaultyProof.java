package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryStore;
import dev.pitrproof.drill.BackupProof;
import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.drill.DrillOptions;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.FaultySandbox;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.scenario.ClaimsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What {@code prove} does, in a sandbox that does something else to the restored server than it is told. */
record FaultyProof(Path backup, Path archive, Path scratch) {

    private static final String RESTORED = "restore";

    /** The evidence of a proof whose restored server meets the fault before it starts. */
    Evidence to(RecoveryTarget target, int major, FaultySandbox.Fault fault) throws IOException {
        BackupProof.Request request = new BackupProof.Request(
                "faulty",
                backup,
                false,
                new BackupProof.Wal.Stored(new DirectoryStore(archive)),
                target,
                "the target",
                Optional.empty(),
                "postgres",
                ClaimsFile.NONE,
                Optional.empty(),
                false);
        BackupProof.Outcome outcome = new BackupProof(
                        request,
                        wanted -> new FaultySandbox(
                                        ProcessSandbox.open(PostgresBinaries.find(wanted, null, message -> {})))
                                .before(RESTORED, fault),
                        new DrillOptions(
                                major,
                                Files.createTempDirectory(scratch, "faulty"),
                                0,
                                "a test",
                                Duration.ofMinutes(1)),
                        DrillListener.SILENT)
                .run();
        assertThat(outcome).isInstanceOf(BackupProof.Outcome.Judged.class);
        return ((BackupProof.Outcome.Judged) outcome).evidence();
    }

    /** What became of the target. */
    static Claim target(Evidence evidence) {
        return evidence.claims().stream()
                .filter(claim -> claim.claim().equals(TargetClaim.NAME))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing about the target in " + evidence.claims()));
    }

    static void assertTarget(Evidence evidence, Verdict verdict, FindingCode code) {
        Claim target = target(evidence);
        assertThat(target.verdict()).as(target.toString()).isEqualTo(verdict);
        assertThat(target.code()).as(target.toString()).isEqualTo(code.name());
        assertThat(evidence.verdict()).isEqualTo(verdict);
    }
}
