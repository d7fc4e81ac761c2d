package dev.pitrproof.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.archive.DirectoryStore;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.drill.BackupProof;
import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.drill.DrillOptions;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.scenario.ClaimsFile;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether every fault is caught where two timelines are in the archive, whichever of them is asked for. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class SabotageAcrossTimelinesTest {

    /** In 14 and 15 a promotion behind a fork needs one more file than in the others. */
    private static final int MAJOR = 14;

    private static final String HISTORY = "the history file of the target's timeline is missing";

    private static final int OF_STANDBY = 2;

    @TempDir
    static Path directory;

    private static ProcessSandbox sandbox;
    private static History history;

    @BeforeAll
    static void writeTheHistory() throws Exception {
        sandbox = open();
        history = new HistoryWriter(sandbox, new Random(1), 40).write();
    }

    @AfterAll
    static void removeIt() throws Exception {
        sandbox.close();
    }

    private static ProcessSandbox open() throws IOException {
        return ProcessSandbox.open(PostgresBinaries.find(MAJOR, null, message -> {}));
    }

    @Test
    void behindTheForkEveryFaultIsCaught() throws Exception {
        List<WalRecord> commits = commits(History.SECOND);

        Evidence evidence = prove("behind", 0, at(commits.get(commits.size() - 2)), History.SECOND);

        assertCaught(evidence);
        assertThat(trials("behind"))
                .anyMatch(line -> line.contains(HISTORY) && line.contains("\"code\":\"WRONG_BRANCH\""))
                .noneMatch(line -> line.contains("not applicable"));
    }

    /** The segment with the fork is there twice, and the younger timeline's is the one that is read. */
    @Test
    void beforeTheForkEveryFaultIsCaught() throws Exception {
        Lsn fork = fork();
        List<WalRecord> before = commits(History.SECOND).stream()
                .filter(commit -> commit.start().isBefore(fork))
                .toList();

        Evidence evidence = prove("before", OF_STANDBY, at(before.get(before.size() - 2)), History.SECOND);

        assertCaught(evidence);
    }

    @Test
    void atTheEndEveryFaultIsCaught() throws Exception {
        Evidence evidence = prove("latest", 0, new RecoveryTarget.Latest(), History.SECOND);

        assertCaught(evidence);
        assertThat(trials("latest")).anyMatch(line -> line.contains("WAL_GAP"));
    }

    private static RecoveryTarget at(WalRecord commit) {
        return new RecoveryTarget.AtLsn(commit.start(), true);
    }

    private static List<WalRecord> commits(TimelineId timeline) throws IOException {
        List<WalRecord> commits = new ArrayList<>();
        try (DirectoryArchive archive = DirectoryArchive.open(history.archive())) {
            new WalReader(archive, archive.history(timeline).orElseThrow(), archive.segmentSize())
                    .read(history.backups().get(0).startLsn(), record -> {
                        if (record.entry() instanceof WalEntry.TransactionEnd end
                                && end.kind() == WalEntry.Kind.COMMIT) {
                            commits.add(record);
                        }
                        return true;
                    });
        }
        return commits;
    }

    private static Lsn fork() throws IOException {
        try (DirectoryArchive archive = DirectoryArchive.open(history.archive())) {
            return archive.history(History.SECOND)
                    .orElseThrow()
                    .endOf(History.FIRST)
                    .orElseThrow();
        }
    }

    private static Evidence prove(String name, int backup, RecoveryTarget target, TimelineId timeline)
            throws IOException {
        BaseBackup source = history.backups().get(backup);
        BackupProof.Request request = new BackupProof.Request(
                name,
                source.directory(),
                false,
                new BackupProof.Wal.Stored(new DirectoryStore(history.archive())),
                target,
                target.kind() + " " + target.value(),
                Optional.of(new TimelineChoice.Numbered(timeline)),
                "postgres",
                ClaimsFile.NONE,
                Optional.empty(),
                true);
        DrillOptions options = new DrillOptions(MAJOR, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60));
        BackupProof.Outcome outcome = new BackupProof(request, major -> open(), options, DrillListener.SILENT).run();
        return ((BackupProof.Outcome.Judged) outcome).evidence();
    }

    private static List<String> trials(String name) throws IOException {
        return Files.readAllLines(directory.resolve("out").resolve(name).resolve("sabotage.jsonl"));
    }

    private static void assertCaught(Evidence evidence) {
        assertThat(evidence.claims())
                .filteredOn(claim -> claim.claim().equals("sabotage"))
                .as(evidence.claims().toString())
                .singleElement()
                .extracting(Claim::code)
                .as(evidence.claims().toString())
                .isEqualTo("SABOTAGE_CAUGHT");
        assertThat(evidence.verdict()).isEqualTo(Verdict.PROVEN);
    }
}
