package dev.pitrproof.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class DataDirectoryCopyTest {

    @TempDir
    Path directory;

    private Path backup;
    private Path data;

    @BeforeEach
    void makeABackup() throws IOException {
        backup = Files.createDirectories(directory.resolve("backup"));
        data = Files.createDirectory(directory.resolve("data"));
        write("PG_VERSION", "17\n");
        write("base/5/1259", "rows");
        write("backup_label", "START WAL LOCATION: 0/2000028\n");
    }

    private void write(String name, String content) throws IOException {
        Path file = backup.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private List<Path> copy() throws IOException {
        return DataDirectoryCopy.make(
                        backup,
                        data,
                        oid -> Files.createDirectory(directory.resolve("tablespace-" + oid)),
                        (lower, view) -> Optional.empty())
                .directories();
    }

    @Test
    void copiesTheFilesAndAsksForRecovery() throws IOException {
        assertThat(copy()).containsExactly(data);

        assertThat(data.resolve("base/5/1259")).hasContent("rows");
        assertThat(data.resolve("backup_label")).exists();
        assertThat(data.resolve("recovery.signal")).isEmptyFile();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("base/5"))))
                .isEqualTo("rwx------");
    }

    @Test
    void leavesOutWhatWouldMakeItSomethingElseThanARecoveryFromTheArchive() throws IOException {
        List<String> not = List.of(
                "standby.signal",
                "postmaster.pid",
                "postmaster.opts",
                "postgresql.auto.conf",
                "backup_label.old",
                "tablespace_map",
                "pg_wal/000000010000000000000002",
                "pg_wal/archive_status/000000010000000000000002.done");
        for (String name : not) {
            write(name, "x");
        }
        write("recovery.signal", "from an earlier restore");

        copy();

        assertThat(not).allSatisfy(name -> assertThat(data.resolve(name)).doesNotExist());
        assertThat(data.resolve("recovery.signal")).isEmptyFile();
        assertThat(data.resolve("pg_wal/archive_status")).isDirectory();
    }

    @Test
    void makesTheDirectoriesThatAServerNeedsAndATransportMayHaveLost() throws IOException {
        copy();

        assertThat(List.of("pg_wal", "pg_notify", "pg_replslot", "pg_twophase", "pg_tblspc", "pg_commit_ts"))
                .allSatisfy(name -> assertThat(data.resolve(name)).isDirectory());
    }

    @Test
    void aBackupThatIsKeptReadOnlyMakesAServerThatCanWrite() throws IOException {
        Path file = backup.resolve("base/5/1259");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));

        copy();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("base/5/1259"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aTablespaceIsCopiedSoThatRecoveryDoesNotWriteIntoTheBackup() throws IOException {
        Path original = Files.createDirectories(directory.resolve("backup-of-tablespace/PG_17_202406281/5"));
        Files.writeString(original.resolve("16384"), "rows");
        Files.createDirectory(backup.resolve("pg_tblspc"));
        Files.createSymbolicLink(backup.resolve("pg_tblspc/16385"), directory.resolve("backup-of-tablespace"));

        List<Path> made = copy();

        Path link = data.resolve("pg_tblspc/16385");
        assertThat(made).containsExactly(data, directory.resolve("tablespace-16385"));
        assertThat(link.toRealPath())
                .isEqualTo(directory.resolve("tablespace-16385").toRealPath());
        Files.writeString(link.resolve("PG_17_202406281/5/16384"), "recovered");
        assertThat(original.resolve("16384")).hasContent("rows");
    }

    @Test
    void aLinkedWalDirectoryBecomesADirectoryAndOtherLinksAreLeftOut() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.createSymbolicLink(backup.resolve("pg_wal"), elsewhere);
        Files.createSymbolicLink(backup.resolve("log"), elsewhere);

        copy();

        assertThat(data.resolve("pg_wal")).isDirectory().isReadable();
        assertThat(Files.isSymbolicLink(data.resolve("pg_wal"))).isFalse();
        assertThat(data.resolve("log")).doesNotExist();
    }
}
