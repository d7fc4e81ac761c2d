package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamedFilesTest {

    private final StreamedFiles streamed = new StreamedFiles(ChecksumAlgorithm.CRC32C);

    private static String checksum(ChecksumAlgorithm algorithm, String content) {
        FileChecksum checksum = algorithm.begin();
        checksum.update(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
        return checksum.finish();
    }

    private void stream(String path, String content) {
        streamed.add(path, content.length(), checksum(ChecksumAlgorithm.CRC32C, content));
    }

    private static BackupManifest.FileEntry entry(String path, String content) {
        return new BackupManifest.FileEntry(
                path,
                content.length(),
                "2026-01-01 00:00:00 GMT",
                ChecksumAlgorithm.CRC32C,
                checksum(ChecksumAlgorithm.CRC32C, content));
    }

    private List<String> compared(BackupManifest.FileEntry... manifest) {
        for (BackupManifest.FileEntry each : manifest) {
            streamed.compare(each);
        }
        return streamed.finish().stream().map(Mismatch::toString).toList();
    }

    /** Check values of the algorithms for "123456789"; CRC-32C e3069283 stands in a manifest in memory order. */
    @ParameterizedTest
    @CsvSource({
        "CRC32C, 839206e3",
        "SHA256, 15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
        "NONE, ''"
    })
    void computesChecksumsAsAManifestShowsThem(ChecksumAlgorithm algorithm, String expected) {
        assertThat(checksum(algorithm, "123456789")).isEqualTo(expected);
    }

    @Test
    void findsNothingWhenAllIsAsTheManifestSays() {
        stream("PG_VERSION", "15\n");
        stream("base/5/1", "");

        assertThat(compared(entry("base/5/1", ""), entry("PG_VERSION", "15\n"))).isEmpty();
    }

    @Test
    void findsOneFlippedBit() {
        stream("base/5/16384", "abcd");

        assertThat(compared(entry("base/5/16384", "abce")))
                .singleElement()
                .asString()
                .startsWith("checksum mismatch for file \"base/5/16384\"")
                .contains(": the manifest says CRC32C ");
    }

    @Test
    void findsAWrongSize() {
        stream("base/5/16384", "abc");

        assertThat(compared(entry("base/5/16384", "abcd")))
                .containsExactly("\"base/5/16384\" has size 3 on disk but size 4 in the manifest");
    }

    @Test
    void findsAMissingFile() {
        assertThat(compared(entry("global/pg_filenode.map", "x")))
                .containsExactly("\"global/pg_filenode.map\" is present in the manifest but not on disk");
    }

    @Test
    void findsAnExtraFileButNotWal() {
        stream("base/5/intruder", "x");
        stream("pg_wal/000000010000000000000001", "wal");

        assertThat(compared()).containsExactly("\"base/5/intruder\" is present on disk but not in the manifest");
    }

    @Test
    void doesNotTakeAnotherAlgorithmForAnAnswer() {
        stream("PG_VERSION", "15\n");

        assertThat(compared(new BackupManifest.FileEntry("PG_VERSION", 3, "", ChecksumAlgorithm.NONE, "")))
                .hasSize(1);
    }
}
