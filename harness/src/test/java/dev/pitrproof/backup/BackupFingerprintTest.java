package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class BackupFingerprintTest {

    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-01-02T03:04:05Z"));

    @TempDir
    Path directory;

    private Path backup;
    private Path file;
    private Path tablespace;

    @BeforeEach
    void makeABackup() throws IOException {
        backup = Files.createDirectories(directory.resolve("backup"));
        file = Files.createDirectories(backup.resolve("base/5")).resolve("1259");
        Files.writeString(file, "rows");
        Files.setLastModifiedTime(file, LONG_AGO);
        tablespace = Files.createDirectories(directory.resolve("space/PG_17")).resolve("16384");
        Files.writeString(tablespace, "rows");
        Files.createDirectory(backup.resolve("pg_tblspc"));
        Files.createSymbolicLink(backup.resolve("pg_tblspc/16385"), directory.resolve("space"));
    }

    private interface Deed {
        void run() throws IOException;
    }

    private Optional<String> change(Deed deed) throws IOException {
        BackupFingerprint before = BackupFingerprint.of(backup);
        deed.run();
        return before.changedTo(BackupFingerprint.of(backup));
    }

    @Test
    void readingChangesNothing() throws IOException {
        assertThat(change(() -> Files.readString(file))).isEmpty();
        assertThat(BackupFingerprint.of(backup).contents())
                .containsOnlyKeys("base/5/1259", "pg_tblspc/16385/PG_17/16384");
    }

    @Test
    void eachChangeIsNamed() throws IOException {
        assertThat(change(() -> Files.writeString(file, "other")).orElseThrow())
                .matches("base/5/1259 was 4 bytes of 2026-01-02T03:04:05Z and is 5 bytes of .*");
        assertThat(change(() -> Files.writeString(backup.resolve("intruder"), "")))
                .hasValue("intruder is new");
        assertThat(change(() -> Files.delete(backup.resolve("intruder")))).hasValue("intruder is gone");
        assertThat(change(() -> Files.writeString(tablespace, "others")).orElseThrow())
                .startsWith("pg_tblspc/16385/PG_17/16384 was 4 bytes of ");
        assertThat(change(() -> Files.delete(Files.createFile(backup.resolve("base/brief"))))
                        .orElseThrow())
                .startsWith("base was changed, ");
    }

    @Test
    void aWriterWhoPutsTheTimeBackIsFoundOut() throws IOException {
        Files.setLastModifiedTime(file, LONG_AGO);

        assertThat(change(() -> {
                            Files.writeString(file, "sour");
                            Files.setLastModifiedTime(file, LONG_AGO);
                        })
                        .orElseThrow())
                .startsWith("base/5/1259 was changed, as the time of its last change");
    }

    /** As a disk does that loses bits. */
    @Test
    void aContentThatChangedWithoutAnyTimeIsFoundOut() throws IOException {
        BackupFingerprint before = BackupFingerprint.of(backup);
        Files.writeString(file, "sour");
        BackupFingerprint after = new BackupFingerprint(
                before.files(), BackupFingerprint.of(backup).contents());

        assertThat(before.changedTo(after))
                .hasValue("base/5/1259 has another content, though its size and times are the same");
    }

    @Test
    void anotherModeIsAChange() throws IOException {
        assertThat(change(() -> Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx")))
                        .orElseThrow())
                .startsWith("base/5/1259 was changed");
    }

    @Test
    void ofALargeBackupTheContentsAreNotRead() throws IOException {
        try (var large =
                new java.io.RandomAccessFile(backup.resolve("base/5/16400").toFile(), "rw")) {
            large.setLength((1L << 30) + 1);
        }

        assertThat(BackupFingerprint.of(backup).contents()).isNull();
        assertThat(change(() -> Files.writeString(file, "other")).orElseThrow()).startsWith("base/5/1259 was ");
    }
}
