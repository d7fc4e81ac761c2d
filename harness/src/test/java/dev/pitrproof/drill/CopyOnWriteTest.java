package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Objectives;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.restore.FaultySandbox;
import dev.pitrproof.restore.LoopFileSystem;
import dev.pitrproof.sandbox.Overlay;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxElsewhere;
import dev.pitrproof.scenario.Restore;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole drills whose restores share the backup's files. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class CopyOnWriteTest {

    private static final String STORY = """
            scenario: copy-on-write
            postgres: 14-18
            clock: { from: "00:00", to: "02:00", lasts: 1s }
            source:
              setup: CREATE TABLE kept AS SELECT 1 AS a
              archive: command
            story:
              - at: "00:00"
                base-backup: { label: nightly, checkpoint: fast }
              - during: "00:30-01:50"
                workload: { kind: ledger, rate: 500/s }
              - at: "01:00"
                mark: here
            restore:
              - from: nightly
                to: { mark: here }
                prove:
                  - query: { sql: SELECT a FROM kept, equals: 1 }
              - from: nightly
                to: { mark: here }
                prove:
                  - query: { sql: SELECT a FROM kept, equals: 1 }
            """;

    @TempDir
    Path directory;

    /** Does something before each restore. */
    private interface BeforeRestore {
        void run() throws IOException;
    }

    private List<Evidence> run(SandboxOpener opener, BeforeRestore before) throws Exception {
        Path file = Files.writeString(directory.resolve("story.yaml"), STORY);
        DrillOptions options = new DrillOptions(17, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60));
        List<Path> sandboxes = new ArrayList<>();
        DrillRunner runner = new DrillRunner(
                major -> {
                    Sandbox sandbox = opener.open(major);
                    sandboxes.add(sandbox.directory());
                    return sandbox;
                },
                options,
                new DrillListener() {
                    @Override
                    public void restoreStarted(Restore restore, int number, int of) {
                        try {
                            before.run();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                });
        List<Evidence> evidence = runner.run(ScenarioReader.read(file));
        assertThat(sandboxes).singleElement().satisfies(sandbox -> {
            assertThat(sandbox).doesNotExist();
            assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(sandbox.toString());
        });
        return evidence;
    }

    private static Claim backupUnchanged(Evidence drill) {
        return drill.claims().stream()
                .filter(claim -> claim.claim().equals("backup-unchanged"))
                .findFirst()
                .orElseThrow();
    }

    private static void assertProvenBy(String copy, List<Evidence> evidence) {
        assertThat(evidence).hasSize(2).allSatisfy(drill -> {
            assertThat(drill.verdict()).as(drill.claims().toString()).isEqualTo(Verdict.PROVEN);
            assertThat(backupUnchanged(drill).code()).isEqualTo("NO_SIDE_EFFECT");
            Objectives objectives = Objects.requireNonNull(drill.objectives());
            assertThat(Objects.requireNonNull(objectives.rto()).copy()).isEqualTo(copy);
        });
    }

    @Test
    void aBackupOnXfsIsRestoredByReflink() throws Exception {
        try (LoopFileSystem xfs = LoopFileSystem.xfs()) {
            assertProvenBy("reflink", run(major -> SandboxElsewhere.in(xfs.path(), major), () -> {}));
        }
    }

    @Test
    void aLargeBackupIsRestoredByAnOverlay() throws Exception {
        Path temporary = Path.of("/tmp");
        try (ProcessSandbox trial = SandboxElsewhere.in(temporary, 17)) {
            Optional<Overlay> overlay = trial.overlay(trial.createDirectory("lower"), trial.createDirectory("view"));
            assumeThat(overlay).as("this user and system mount overlays").isPresent();
        }

        List<Path> backups = new ArrayList<>();
        SandboxOpener opener = major -> {
            ProcessSandbox sandbox = SandboxElsewhere.in(temporary, major);
            backups.add(sandbox.directory().resolve("backups/nightly"));
            return sandbox;
        };
        assertProvenBy("overlay", run(opener, () -> {
            // large, though it takes no space
            Path table = backups.get(0).resolve("base/5/999999");
            try (RandomAccessFile file = new RandomAccessFile(table.toFile(), "rw")) {
                file.setLength(1100L << 20);
            }
        }));
    }

    @Test
    void whateverWritesIntoTheBackupIsFoundOut() throws Exception {
        List<ProcessSandbox> real = new ArrayList<>();
        List<Evidence> evidence = run(
                major -> {
                    real.add(SandboxElsewhere.in(Path.of("/tmp"), major));
                    Path backup = real.get(0).directory().resolve("backups/nightly");
                    return new FaultySandbox(real.get(0))
                            .before("restore-1", (data, settings) -> {
                                Path file = backup.resolve("base/5/PG_VERSION");
                                FileTime modified = Files.getLastModifiedTime(file);
                                Files.write(file, Files.readAllBytes(file));
                                Files.setLastModifiedTime(file, modified);
                            })
                            .before(
                                    "restore-2",
                                    (data, settings) -> settings.merge(
                                            "restore_command",
                                            "echo x >> '" + backup + "/PG_VERSION'; ",
                                            (old, write) -> write + old));
                },
                // as where a backup lies about, open to the servers' user
                () -> real.get(0).give(real.get(0).directory().resolve("backups/nightly")));

        assertThat(evidence).hasSize(2).allSatisfy(drill -> {
            assertThat(drill.verdict()).isEqualTo(Verdict.REFUTED);
            assertThat(backupUnchanged(drill).code()).isEqualTo("SIDE_EFFECT");
            assertThat(backupUnchanged(drill).hint()).contains("make it read-only");
        });
        assertThat(backupUnchanged(evidence.get(0)).found()).startsWith("base/5/PG_VERSION was changed, ");
        assertThat(backupUnchanged(evidence.get(1)).found())
                .matches("PG_VERSION was 3 bytes of .* and is [0-9]+ bytes of .*");
    }
}
