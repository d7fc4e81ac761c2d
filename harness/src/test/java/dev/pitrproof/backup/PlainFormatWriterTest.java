package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.replication.Tablespace;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlainFormatWriterTest {

    private static final Tablespace MAIN = new Tablespace(null, null, OptionalLong.empty());

    private Path root;
    private BackupDirectories directories;
    private FileSync sync;
    private PlainFormatWriter writer;

    @BeforeEach
    void begin(@TempDir Path temporary) throws IOException {
        root = temporary.resolve("made/backup");
        directories = new BackupDirectories(true);
        directories.claim(root, "");
        sync = FileSync.start(false);
        BackupRequest request = BackupRequest.into(root, "test")
                .tablespaceMappings(Map.of(Path.of("/on/server"), temporary.resolve("space")))
                .build();
        writer = PlainFormatWriter.create(
                request, directories, new StreamedFiles(ChecksumAlgorithm.CRC32C), sync, new BackupWriter.Observer() {
                    @Override
                    public void started(Lsn start, TimelineId timeline) {}

                    @Override
                    public void expects(long bytes) {}

                    @Override
                    public void received(long bytes) {}
                });
        writer.tablespaces(List.of(new Tablespace("16384", "/on/server", OptionalLong.empty()), MAIN));
        writer.archive(MAIN);
    }

    @AfterEach
    void end() throws IOException {
        writer.close();
        sync.close();
        directories.close();
    }

    private void send(String name, char type, String content) throws IOException {
        writer.archiveData(ByteBuffer.wrap(TarStreamTest.member(name, type, content)));
    }

    @Test
    void writesFilesWithTheirModes() throws IOException {
        send("PG_VERSION", '0', "15\n");

        assertThat(root.resolve("PG_VERSION")).hasContent("15\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("PG_VERSION"))))
                .isEqualTo("rw-------");
    }

    @Test
    void linksTablespacesToTheirPlaceHereWhateverTheServerSays() throws IOException {
        send("pg_tblspc/", '5', "");
        send("pg_tblspc/16384", '2', "");

        assertThat(root.resolve("pg_tblspc/16384").toRealPath())
                .isEqualTo(root.resolveSibling("../space").toRealPath());
    }

    @Test
    void refusesLinksThatAreNoTablespaces() {
        assertThatThrownBy(() -> send("pg_hba.conf", '2', ""))
                .isInstanceOf(IOException.class)
                .hasMessage("tar member \"pg_hba.conf\" is a symbolic link that is no tablespace");
    }

    @Test
    void refusesAFileThatComesTwice() throws IOException {
        send("PG_VERSION", '0', "15\n");

        assertThatThrownBy(() -> send("PG_VERSION", '0', "16\n"))
                .isInstanceOf(IOException.class)
                .hasMessage("tar member \"PG_VERSION\" comes twice");
    }

    @Test
    void leavesNothingBehindUnlessItIsKept() throws IOException {
        send("PG_VERSION", '0', "15\n");
        writer.close();
        directories.close();

        assertThat(root.resolveSibling("../space")).doesNotExist();
        assertThat(root.getParent()).doesNotExist();
    }
}
