package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.WalMethod;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.sandbox.StopMode;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalEntry;
import dev.pitrproof.wal.WalReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What PostgreSQL's own tests warn of: a copy without its {@code backup_label} ({@code t/042_low_level_backup.pl}), a
 * record whose rest was lost in a crash ({@code t/026_overwrite_contrecord.pl}), and WAL that was written at
 * {@code wal_level=minimal} ({@code t/024_archive_recovery.pl}).
 */
@ParameterizedClass
@MethodSource("majors")
@SuppressWarnings("NullAway.Init") // set before the tests of each major
class RecoveryDangersTest {

    private static final String ROWS = "SELECT string_agg(a::text, ' ' ORDER BY a) FROM rows";
    private static final int OVERWRITTEN_FLAG = 0x08;

    @TempDir
    private static Path scratch;

    private static RecoverySource source;
    private static Path backup;
    private static Path younger;
    private static SegmentName overwritten;
    private static long beforeCrash;
    private static long behindCrash;
    private static long behindMinimal;

    RecoveryDangersTest(int major) {
        assertThat(source.major()).isEqualTo(major);
    }

    static IntStream majors() {
        return RecoverySource.majors();
    }

    @BeforeParameterizedClassInvocation
    static void play(int major) throws Exception {
        source = RecoverySource.start(major, Map.of());
        source.sql("CREATE TABLE rows (a int)");
        // with its WAL, so that a server comes up on it also without an archive
        backup = source.backUp("backup", WalMethod.STREAM, () -> source.sql("INSERT INTO rows VALUES (1)"));
        beforeCrash = insert(2);
        source.archiveAll();
        loseTheRestOfARecord();
        behindCrash = insert(3);
        source.archiveAll();
        workAtMinimal();
        behindMinimal = insert(5);
        source.archiveAll();
        younger = source.backUp("younger", WalMethod.NONE, () -> source.sql("INSERT INTO rows VALUES (6)"));
        source.archiveAll();
    }

    private static long insert(int row) throws Exception {
        return Long.parseLong(source.query("INSERT INTO rows VALUES (" + row + ") RETURNING xmin::text"));
    }

    /** Of a record that goes over into a second segment, only the first is left by a machine that loses power. */
    private static void loseTheRestOfARecord() throws Exception {
        Lsn begin = Lsn.parse(source.query("SELECT pg_current_wal_insert_lsn()::text"));
        source.query("SELECT pg_logical_emit_message(true, 'a test', repeat('x', 1200000))::text");
        source.stop(StopMode.KILL);
        overwritten = SegmentName.holding(TimelineId.FIRST, begin, RecoverySource.SEGMENT_SIZE)
                .next();
        Path pgWal = source.dataDirectory().resolve("pg_wal");
        try (var files = Files.list(pgWal)) {
            for (Path file : files.filter(each -> name(each).length() == 24).toList()) {
                if (name(file).compareTo(overwritten.fileName()) >= 0) {
                    Files.delete(file);
                }
            }
        }
        source.startAgain(Map.of());
    }

    /** Its record ends in the same segment: the archive has no gap, and tells nothing by its files. */
    private static void workAtMinimal() throws Exception {
        source.stop(StopMode.FAST);
        source.startAgain(Map.of("wal_level", "minimal", "max_wal_senders", "0", "archive_mode", "off"));
        insert(4);
        source.stop(StopMode.FAST);
        source.startAgain(Map.of("wal_level", "replica", "max_wal_senders", "10", "archive_mode", "on"));
    }

    @AfterParameterizedClassInvocation
    static void remove() throws Exception {
        source.close();
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static ProveRun prove(Path of, Path archive, String rows, String... target) {
        return new ProveRun.Of(of, archive, scratch).to(ProveRun.Of.query(ROWS, rows), target);
    }

    private static ProveRun prove(String rows, String... target) {
        return prove(backup, source.archive(), rows, target);
    }

    @Test
    void aRecordWhoseRestWasLostIsPassedOver() throws Exception {
        List<WalEntry> entries = new ArrayList<>();
        try (DirectoryArchive archive = DirectoryArchive.open(source.archive())) {
            new WalReader(archive, TimelineHistory.of(TimelineId.FIRST), archive.segmentSize())
                    .read(overwritten.start(), record -> {
                        entries.add(record.entry());
                        return entries.size() < 100;
                    });
        }
        assertThat(entries).hasAtLeastOneElementOfType(WalEntry.OverwrittenRecord.class);

        prove("1 2 3", "--target-xid=" + behindCrash).isProven();
        prove("1 2 3 4", "--target-xid=" + behindCrash).isRefuted(FindingCode.DATA_DIFFERS, ROWS + ": 1 2 3");
    }

    @Test
    void withoutTheMarkThatItsRestWasLostItIsDamage() throws Exception {
        Path archive = source.copy(source.archive(), "unmarked");
        try (RandomAccessFile segment =
                new RandomAccessFile(archive.resolve(overwritten.fileName()).toFile(), "rw")) {
            segment.seek(2);
            int flags = segment.read();
            assertThat(flags & OVERWRITTEN_FLAG).isNotZero();
            segment.seek(2);
            segment.write(flags & ~OVERWRITTEN_FLAG);
        }

        prove(backup, archive, "1 2 3", "--target-xid=" + behindCrash)
                .isRefuted(FindingCode.WAL_CORRUPT, "segment " + overwritten + " is damaged at ");
    }

    @Test
    void walOfLevelMinimalIsNoWayToATarget() {
        String found = "wal_level=minimal";

        prove("1 2 3 4 5", "--target-xid=" + behindMinimal).isRefuted(FindingCode.WAL_MINIMAL, found);
        prove("1 2 3 4 5", "--target-latest").isRefuted(FindingCode.WAL_MINIMAL, found);
        prove("1 2 3 4 5", "--target-time=2999-01-01T00:00:00Z").isRefuted(FindingCode.WAL_MINIMAL, found);
        prove(younger, source.archive(), "1 2 3 4 5 6", "--target-latest").isProven();
    }

    @Test
    void aPlanEndsWhereTheLevelIsMinimal() {
        StringWriter out = new StringWriter();
        int code = Main.commandLine(new PrintWriter(out), new PrintWriter(out))
                .execute(
                        "plan", "--backup=" + backup, "--archive=" + source.archive(), "--target-xid=" + behindMinimal);

        assertThat(code).isEqualTo(1);
        assertThat(out.toString())
                .contains("NOT REACHABLE")
                .contains("WAL_MINIMAL: expected ")
                .containsPattern("reachable  2 commits, .* to commit of xid " + behindCrash + " at");
    }

    @Test
    void aCopyWithoutItsLabelIsNoBackup() throws Exception {
        Path unlabelled = source.copy(backup, "unlabelled");
        Files.delete(unlabelled.resolve("backup_label"));

        prove(unlabelled, source.archive(), "1 2", "--target-xid=" + beforeCrash)
                .isRefuted(FindingCode.BACKUP_DAMAGED, "\"backup_label\" is present in the manifest but not on disk");

        Files.delete(unlabelled.resolve("backup_manifest"));
        prove(unlabelled, source.archive(), "1 2", "--target-xid=" + beforeCrash)
                .isRefuted(FindingCode.BACKUP_DAMAGED, "it has no backup_label: a recovery would begin at the last");
    }

    @Test
    void aCopyThatASecondServerRanOnIsNoBackup() throws Exception {
        Path started = source.copy(backup, "started");
        source.runOn(started, StopMode.FAST);
        assertThat(started.resolve("backup_label.old")).exists();

        prove(started, source.archive(), "1 2", "--target-xid=" + beforeCrash)
                .isRefuted(
                        FindingCode.BACKUP_DAMAGED,
                        "a server was started on it, which has written to it: backup_label is backup_label.old now");

        Files.delete(started.resolve("backup_manifest"));
        prove(started, source.archive(), "1 2", "--target-xid=" + beforeCrash)
                .isUnproven(FindingCode.NOTHING_TO_PROVE, "a copy of a server that was shut down");
    }

    @Test
    void aServerThatIsNotToldToRecoverIsFoundOut() throws Exception {
        RecoveryTarget target = new RecoveryTarget.Xid((int) beforeCrash, true);
        FaultyProof proof = new FaultyProof(backup, source.archive(), scratch);

        FaultyProof.assertTarget(
                proof.to(target, source.major(), (data, settings) -> {
                    Files.delete(data.resolve("recovery.signal"));
                    copyWal(data);
                }),
                Verdict.REFUTED,
                FindingCode.NOT_RECOVERED);
        FaultyProof.assertTarget(
                proof.to(target, source.major(), (data, settings) -> Files.delete(data.resolve("recovery.signal"))),
                Verdict.UNPROVEN,
                FindingCode.ENVIRONMENT);
        FaultyProof.assertTarget(
                proof.to(target, source.major(), (data, settings) -> {}), Verdict.PROVEN, FindingCode.TARGET_EXACT);
    }

    private static void copyWal(Path data) throws IOException {
        try (var files = Files.list(backup.resolve("pg_wal"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, data.resolve("pg_wal").resolve(name(file)));
            }
        }
    }
}
