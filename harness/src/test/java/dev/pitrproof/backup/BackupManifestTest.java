package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupManifestTest {

    private static final String BODY_17 = """
            { "PostgreSQL-Backup-Manifest-Version": 2,
            "System-Identifier": 18446744073709551615,
            "Files": [
            { "Path": "base/1/2", "Size": 9000000000, "Last-Modified": "2026-01-02 03:04:05 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "839206e3" },
            { "Encoded-Path": "ff2f78", "Size": 0, "Last-Modified": "2026-01-02 03:04:05 GMT" }
            ],
            "WAL-Ranges": [
            { "Timeline": 2, "Start-LSN": "0/3000000", "End-LSN": "0/4000028" }
            ],
            """;

    private static Path write(Path directory, String body, String checksum) throws IOException {
        return Files.writeString(
                directory.resolve("backup_manifest"), body + "\"Manifest-Checksum\": \"" + checksum + "\"}\n");
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void readsVersion2(@TempDir Path directory) throws Exception {
        BackupManifest manifest = BackupManifest.read(write(directory, BODY_17, sha256(BODY_17)));

        assertThat(manifest.version()).isEqualTo(2);
        assertThat(manifest.systemIdentifier()).isEqualTo(-1L);
        assertThat(manifest.files())
                .containsExactly(
                        new BackupManifest.FileEntry(
                                "base/1/2",
                                9_000_000_000L,
                                "2026-01-02 03:04:05 GMT",
                                ChecksumAlgorithm.CRC32C,
                                "839206e3"),
                        new BackupManifest.FileEntry(
                                "\u00ff/x", 0, "2026-01-02 03:04:05 GMT", ChecksumAlgorithm.NONE, ""));
        assertThat(manifest.walRanges())
                .containsExactly(
                        new BackupManifest.WalRange(new TimelineId(2), Lsn.parse("0/3000000"), Lsn.parse("0/4000028")));
    }

    @Test
    void readsVersion1WhichHasNoSystemIdentifier(@TempDir Path directory) throws Exception {
        String body = BODY_17.replace("Version\": 2", "Version\": 1")
                .replace("\"System-Identifier\": 18446744073709551615,\n", "");

        assertThat(BackupManifest.read(write(directory, body, sha256(body))).systemIdentifier())
                .isNull();
    }

    @Test
    void noticesThatItWasChanged(@TempDir Path directory) throws Exception {
        Path file = write(directory, BODY_17.replace("839206e3", "839206e4"), sha256(BODY_17));

        assertThatThrownBy(() -> BackupManifest.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("manifest checksum mismatch: it says " + sha256(BODY_17));
    }

    @Test
    void refusesAVersionItDoesNotKnow(@TempDir Path directory) throws Exception {
        String body = BODY_17.replace("Version\": 2", "Version\": 3");
        Path file = write(directory, body, sha256(body));

        assertThatThrownBy(() -> BackupManifest.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("version is 3: expected 1 or 2");
    }

    @Test
    void refusesWhatIsCutShort(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("backup_manifest"), BODY_17.substring(0, 200));

        assertThatThrownBy(() -> BackupManifest.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no backup manifest");
    }
}
