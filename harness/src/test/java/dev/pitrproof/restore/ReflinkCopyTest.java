package dev.pitrproof.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.backup.BackupFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Copies on a file system whose files can share their blocks. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class ReflinkCopyTest {

    private static final int TABLE_BYTES = 40 << 20;

    private static LoopFileSystem xfs;

    @TempDir
    Path elsewhere;

    private Path backup;
    private Path data;

    @BeforeAll
    static void mountXfs() throws Exception {
        xfs = LoopFileSystem.xfs();
    }

    @AfterAll
    static void unmountXfs() throws Exception {
        if (xfs != null) {
            xfs.close();
        }
    }

    @BeforeEach
    void makeABackup(TestInfo test) throws IOException {
        Path home = Files.createDirectory(
                xfs.path().resolve(test.getTestMethod().orElseThrow().getName()));
        backup = Files.createDirectories(home.resolve("backup"));
        data = Files.createDirectory(home.resolve("data"));
        Files.writeString(backup.resolve("PG_VERSION"), "17\n");
        Files.writeString(backup.resolve("postmaster.pid"), "1\n");
        Files.createDirectories(backup.resolve("base/5"));
        Files.createDirectories(backup.resolve("pg_wal"));
        Files.writeString(backup.resolve("pg_wal/000000010000000000000002"), "wal");
        byte[] rows = new byte[TABLE_BYTES];
        new Random(1).nextBytes(rows);
        Files.write(backup.resolve("base/5/16384"), rows);
    }

    private DataDirectoryCopy copy() throws IOException {
        return DataDirectoryCopy.make(
                backup,
                data,
                oid -> Files.createDirectory(data.resolveSibling("tablespace-" + oid)),
                (lower, view) -> Optional.empty());
    }

    @Test
    void theCopySharesItsBlocksWithTheBackupAndNothingElse() throws Exception {
        Path table = backup.resolve("base/5/16384");
        Files.setPosixFilePermissions(table, PosixFilePermissions.fromString("r--r--r--"));
        BackupFingerprint before = BackupFingerprint.of(backup);
        long used = xfs.used();

        DataDirectoryCopy copy = copy();

        Path copied = data.resolve("base/5/16384");
        assertThat(copy.method()).isEqualTo(CopyMethod.REFLINK);
        assertThat(xfs.used() - used).as("bytes taken").isLessThan(TABLE_BYTES / 4);
        assertThat(copied).hasSameBinaryContentAs(table);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copied)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("base"))))
                .isEqualTo("rwx------");
        assertThat(data.resolve("postmaster.pid")).doesNotExist();
        assertThat(data.resolve(".reflink-trial")).doesNotExist();
        assertThat(data.resolve("pg_wal")).isDirectoryContaining("glob:**/archive_status");
        assertThat(data.resolve("pg_wal/000000010000000000000002")).doesNotExist();
        Files.write(copied, new byte[TABLE_BYTES]);
        assertThat(before.changedTo(BackupFingerprint.of(backup))).isEmpty();
    }

    @Test
    void manyFilesAndOddNamesArriveToo() throws Exception {
        Path many = Files.createDirectory(backup.resolve("base/6"));
        for (int i = 0; i < 3000; i++) {
            Files.writeString(many.resolve("a-name-that-is-rather-long-" + i), "row " + i);
        }
        Files.writeString(many.resolve("-rf a b"), "odd");

        assertThat(copy().method()).isEqualTo(CopyMethod.REFLINK);

        assertThat(data.resolve("base/6").toFile().list()).hasSize(3001);
        assertThat(data.resolve("base/6/a-name-that-is-rather-long-2999")).hasContent("row 2999");
        assertThat(data.resolve("base/6/-rf a b")).hasContent("odd");
    }

    @Test
    void aBackupOnAnotherFileSystemIsCopied() throws Exception {
        Path here = Files.createDirectories(elsewhere.resolve("base/5"));
        Files.writeString(here.resolve("1259"), "rows");
        backup = elsewhere;

        assertThat(copy().method()).isEqualTo(CopyMethod.PLAIN);

        assertThat(data.resolve("base/5/1259")).hasContent("rows");
    }

    @Test
    void aTablespaceElsewhereMakesItNoWholeReflink() throws Exception {
        Files.writeString(elsewhere.resolve("16390"), "rows");
        Files.createDirectory(backup.resolve("pg_tblspc"));
        Files.createSymbolicLink(backup.resolve("pg_tblspc/16385"), elsewhere);

        assertThat(copy().method()).isEqualTo(CopyMethod.PLAIN);

        assertThat(data.resolve("pg_tblspc/16385/16390")).hasContent("rows");
        assertThat(data.resolve("base/5/16384")).hasSameBinaryContentAs(backup.resolve("base/5/16384"));
    }
}
