package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.Mutation;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a backup consists of, spoiled at random places: it either means what it meant, or is refused by an error that was
 * foreseen. Where checksums cover it, no other meaning is ever taken for the true one.
 */
@Timeout(120)
class ReaderMutationTest {

    private static final int MUTATIONS = 3000;

    /** Reads what has been spoiled, and says what it means. */
    private interface Reader {
        Object read(byte[] spoiled) throws Exception;
    }

    /**
     * Reads many spoiled copies.
     *
     * @param foreseen the exceptions by which the reader may refuse one
     * @return how many came out with another meaning, which is for the caller to judge
     */
    private static int spoil(byte[] whole, Reader reader, List<Class<? extends Exception>> foreseen) throws Exception {
        Object meaning = reader.read(whole);
        int refused = 0;
        int changed = 0;
        for (int seed = 0; seed < MUTATIONS; seed++) {
            byte[] spoiled = Mutation.of(whole, new Random(seed));
            try {
                changed += Objects.equals(reader.read(spoiled), meaning) ? 0 : 1;
            } catch (Exception e) {
                assertThat(foreseen.stream().anyMatch(type -> type.isInstance(e)))
                        .as("seed %d: %s", seed, e)
                        .isTrue();
                assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
                refused++;
            }
        }
        assertThat(refused).isPositive();
        return changed;
    }

    private static byte[] tar(Map<String, String> files) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        tar.writeBytes(TarStreamTest.member("base/", '5', ""));
        files.forEach((name, content) -> tar.writeBytes(TarStreamTest.member(name, '0', content)));
        tar.writeBytes(new byte[1024]);
        return tar.toByteArray();
    }

    private static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("backup_label", "START WAL LOCATION");
        files.put("PG_VERSION", "17\n");
        files.put("base/1", "x".repeat(3000));
        files.put("base/2", "y".repeat(512));
        return files;
    }

    /** What of a tar stream a manifest vouches for: the files' contents. */
    private static Map<String, String> contents(byte[] tar, StreamedFiles streamed) throws IOException {
        Map<String, String> found = new LinkedHashMap<>();
        TarStream stream = new TarStream(new CheckedMembers(streamed, path -> false, new TarStream.Members() {
            private final ByteArrayOutputStream content = new ByteArrayOutputStream();
            private @Nullable String name;

            @Override
            public void begin(TarHeader header) {
                name = header.type() == TarHeader.Type.FILE ? header.name() : null;
            }

            @Override
            public void content(ByteBuffer bytes) {
                byte[] piece = new byte[bytes.remaining()];
                bytes.get(piece);
                content.writeBytes(piece);
            }

            @Override
            public void end() {
                if (name != null) {
                    found.put(name, content.toString(StandardCharsets.UTF_8));
                }
                content.reset();
            }
        }));
        stream.accept(ByteBuffer.wrap(tar));
        stream.end();
        return found;
    }

    @Test
    void aTarStreamBesideItsManifest() throws Exception {
        Map<String, String> files = files();
        List<BackupManifest.FileEntry> manifest = new ArrayList<>();
        files.forEach((name, content) -> manifest.add(
                new BackupManifest.FileEntry(name, content.length(), "", ChecksumAlgorithm.CRC32C, checksum(content))));

        int changed = spoil(
                tar(files),
                spoiled -> {
                    StreamedFiles streamed = new StreamedFiles(ChecksumAlgorithm.CRC32C);
                    Map<String, String> found = contents(spoiled, streamed);
                    manifest.forEach(streamed::compare);
                    List<Mismatch> mismatches = streamed.finish();
                    if (!mismatches.isEmpty()) {
                        throw new TarFormatException(mismatches.get(0).toString());
                    }
                    return found;
                },
                List.of(TarFormatException.class));

        assertThat(changed).isZero();
    }

    private static String checksum(String content) {
        FileChecksum checksum = ChecksumAlgorithm.CRC32C.begin();
        checksum.update(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
        return checksum.finish();
    }

    @Test
    void aTarStreamThatIsUnpacked(@TempDir Path directory) throws Exception {
        Path outside = Files.writeString(directory.resolve("mine"), "not yours");
        int[] count = {0};

        spoil(
                tar(files()),
                spoiled -> {
                    Path root = Files.createDirectory(directory.resolve("into-" + count[0]++));
                    try (FileSync sync = FileSync.start(false);
                            MemberFiles members = new MemberFiles(root, sync, oid -> null, false)) {
                        TarStream stream = new TarStream(members);
                        stream.accept(ByteBuffer.wrap(spoiled));
                        stream.end();
                        return "";
                    }
                },
                List.of(IOException.class));

        assertThat(outside).hasContent("not yours");
        try (var all = Files.list(directory)) {
            assertThat(all.filter(each -> !each.getFileName().toString().startsWith("into-")))
                    .containsExactly(outside);
        }
    }

    @Test
    void aManifest(@TempDir Path directory) throws Exception {
        StringBuilder body = new StringBuilder("""
                { "PostgreSQL-Backup-Manifest-Version": 2,
                "System-Identifier": 7000000000000000001,
                "Files": [
                """);
        files().forEach((name, content) -> body.append("{ \"Path\": \"")
                .append(name)
                .append("\", \"Size\": ")
                .append(content.length())
                .append(", \"Last-Modified\": \"2026-01-02 03:04:05 GMT\", \"Checksum-Algorithm\": \"CRC32C\","
                        + " \"Checksum\": \"")
                .append(checksum(content))
                .append("\" },\n"));
        body.append("""
                { "Encoded-Path": "ff2f78", "Size": 0, "Last-Modified": "2026-01-02 03:04:05 GMT" }
                ],
                "WAL-Ranges": [
                { "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }
                ],
                """);
        String sum = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(body.toString().getBytes(StandardCharsets.UTF_8)));
        Path file = directory.resolve(BackupManifest.FILE_NAME);

        int changed = spoil(
                (body + "\"Manifest-Checksum\": \"" + sum + "\"}\n").getBytes(StandardCharsets.UTF_8),
                spoiled -> BackupManifest.read(Files.write(file, spoiled)),
                List.of(DamagedManifestException.class));

        assertThat(changed).isZero();
    }

    @Test
    void aControlFile() throws Exception {
        ByteBuffer control = ByteBuffer.allocate(512).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        control.putLong(0, 7_000_000_000_000_000_001L)
                .putInt(8, 1700)
                .putInt(16, 6)
                .putInt(48, 1);
        java.util.zip.CRC32C sum = new java.util.zip.CRC32C();
        sum.update(control.array(), 0, 288);
        control.putInt(288, (int) sum.getValue());

        int changed = spoil(control.array(), ControlData::parse, List.of(IllegalArgumentException.class));

        assertThat(changed).isZero();
    }

    @Test
    void aBackupLabel() throws Exception {
        spoil(
                """
                START WAL LOCATION: 0/2000028 (file 000000010000000000000002)
                CHECKPOINT LOCATION: 0/2000060
                BACKUP METHOD: streamed
                BACKUP FROM: primary
                START TIME: 2026-11-21 07:25:07 UTC
                LABEL: nightly
                START TIMELINE: 1
                """.getBytes(StandardCharsets.UTF_8),
                spoiled -> BackupLabel.parse(FileName.decode(spoiled)),
                List.of(IllegalArgumentException.class));
    }

    @Test
    void aTablespaceMap() throws Exception {
        spoil(
                "16384 /srv/one\n16385 /srv/t\\\\wo\\\nthree\n4294967295 /x\n".getBytes(StandardCharsets.UTF_8),
                spoiled -> TablespaceMap.parse(FileName.decode(spoiled)),
                List.of(TarFormatException.class));
    }

    @Test
    void aMarkOfDamage() {
        byte[] whole = DamageMark.content(List.of("one page", "another page"));
        for (int seed = 0; seed < MUTATIONS; seed++) {
            assertThat(DamageMark.parse(Mutation.of(whole, new Random(seed))).lines())
                    .as("seed %d", seed)
                    .isNotEmpty();
        }
    }

    @Test
    void aTimelineHistory() throws Exception {
        TimelineId third = new TimelineId(3);
        spoil(
                "# a comment\n1\t0/2000100\tbefore 2026-11-21 10:00:00.123+00\n2\t1/A0\tat restore point \"two words\"\n"
                        .getBytes(StandardCharsets.UTF_8),
                spoiled -> {
                    TimelineHistory history = TimelineHistory.parse(third, FileName.decode(spoiled));
                    return List.of(history, history.path(), history.endOf(third));
                },
                List.of(IllegalArgumentException.class));
    }
}
