package dev.pitrproof.backup;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads a backup manifest file entry by entry: manifests of large clusters would fill the memory. */
final class ManifestReader {

    private static final int TAIL_BYTES = 512;
    private static final Pattern LAST_LINE = Pattern.compile("\"Manifest-Checksum\": \"[0-9a-f]{64}\"}\n");
    /** No path is longer than 4096 bytes, two hexadecimal digits each. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(1 << 14)
                    .maxNameLength(1 << 10)
                    .maxNumberLength(100)
                    .maxNestingDepth(20)
                    .build())
            .build();

    private final JsonParser json;
    private final Consumer<BackupManifest.FileEntry> files;
    private final List<BackupManifest.WalRange> walRanges = new ArrayList<>();
    private int version;
    private @Nullable Long systemIdentifier;
    private String checksum = "";

    private ManifestReader(JsonParser json, Consumer<BackupManifest.FileEntry> files) {
        this.json = json;
        this.files = files;
    }

    /**
     * Reads the manifest and verifies its own checksum.
     *
     * @return the manifest with an empty list of files: these have gone to {@code files}
     * @throws IOException with a user's message, also if the checksum is wrong; {@code files} has seen entries then
     */
    static BackupManifest read(Path file, Consumer<BackupManifest.FileEntry> files) throws IOException {
        String computed = HexFormat.of().formatHex(digestOfAllButTheLastLine(file));
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), in)) {
            ManifestReader reader = new ManifestReader(json, files);
            reader.readObject();
            if (!reader.checksum.equals(computed)) {
                throw new DamagedManifestException(
                        "manifest checksum mismatch: it says " + reader.checksum + ", its content has " + computed,
                        null);
            }
            return new BackupManifest(
                    reader.version, reader.systemIdentifier, List.of(), reader.walRanges, reader.checksum);
        } catch (JacksonException | IllegalArgumentException | ArithmeticException e) {
            String reason = e.getMessage() == null
                    ? e.toString()
                    : e.getMessage().lines().findFirst().orElse("");
            throw new DamagedManifestException("file \"" + file + "\" is no backup manifest: " + reason, e);
        }
    }

    private static byte[] digestOfAllButTheLastLine(Path file) throws IOException {
        try (SeekableByteChannel in = Files.newByteChannel(file)) {
            ByteBuffer tail = ByteBuffer.allocate((int) Math.min(TAIL_BYTES, in.size()));
            long tailAt = in.size() - tail.capacity();
            in.position(tailAt);
            while (tail.hasRemaining() && in.read(tail) >= 0) {
                // a read may bring less than there is
            }
            int lineEnd = tail.position() - 1;
            do {
                lineEnd--;
            } while (lineEnd >= 0 && tail.get(lineEnd) != '\n');
            if (lineEnd < 0) {
                throw new DamagedManifestException(
                        "file \"" + file + "\" is no backup manifest: it has no last line", null);
            }
            String last = StandardCharsets.ISO_8859_1
                    .decode(tail.flip().position(lineEnd + 1))
                    .toString();
            if (!LAST_LINE.matcher(last).matches()) {
                // the checksum does not cover it: nothing else may stand there
                throw new DamagedManifestException(
                        "file \"" + file + "\" is no backup manifest: its last line is not its checksum", null);
            }
            return digest(in, tailAt + lineEnd + 1);
        }
    }

    private static byte[] digest(SeekableByteChannel in, long bytes) throws IOException {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
        ByteBuffer window = ByteBuffer.allocate(1 << 16);
        in.position(0);
        for (long left = bytes; left > 0; ) {
            window.clear().limit((int) Math.min(window.capacity(), left));
            int count = in.read(window);
            if (count < 0) {
                break;
            }
            sha256.update(window.flip());
            left -= count;
        }
        return sha256.digest();
    }

    private void readObject() {
        expect(json.nextToken(), JsonToken.START_OBJECT);
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            switch (name) {
                case "PostgreSQL-Backup-Manifest-Version" -> {
                    version = json.getIntValue();
                    if (version != 1 && version != 2) {
                        throw new IllegalArgumentException("version is " + version + ": expected 1 or 2");
                    }
                }
                case "System-Identifier" ->
                    systemIdentifier = json.getBigIntegerValue().longValue();
                case "Files" -> readArray(this::readFile);
                case "WAL-Ranges" -> readArray(this::readWalRange);
                case "Manifest-Checksum" -> checksum = json.getString();
                default -> json.skipChildren();
            }
        }
        if (version == 0) {
            throw new IllegalArgumentException("it has no version");
        }
    }

    private void readArray(Runnable element) {
        expect(json.currentToken(), JsonToken.START_ARRAY);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken(), JsonToken.START_OBJECT);
            element.run();
        }
    }

    private void readFile() {
        String path = null;
        BigInteger size = null;
        String lastModified = "";
        ChecksumAlgorithm algorithm = ChecksumAlgorithm.NONE;
        String sum = "";
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            switch (name) {
                case "Path" -> path = json.getString();
                case "Encoded-Path" -> path = FileName.decode(HexFormat.of().parseHex(json.getString()));
                case "Size" -> size = json.getBigIntegerValue();
                case "Last-Modified" -> lastModified = json.getString();
                case "Checksum-Algorithm" -> algorithm = ChecksumAlgorithm.parse(json.getString());
                case "Checksum" -> sum = json.getString();
                default -> json.skipChildren();
            }
        }
        if (path == null || size == null) {
            throw new IllegalArgumentException("a file has no path or no size");
        }
        if (size.signum() < 0) {
            throw new IllegalArgumentException("file \"" + path + "\" has size " + size);
        }
        files.accept(new BackupManifest.FileEntry(path, size.longValueExact(), lastModified, algorithm, sum));
    }

    private void readWalRange() {
        TimelineId timeline = null;
        Lsn start = null;
        Lsn end = null;
        for (String name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            switch (name) {
                case "Timeline" -> timeline = TimelineId.parse(json.getString());
                case "Start-LSN" -> start = Lsn.parse(json.getString());
                case "End-LSN" -> end = Lsn.parse(json.getString());
                default -> json.skipChildren();
            }
        }
        if (timeline == null || start == null || end == null) {
            throw new IllegalArgumentException("a WAL range is incomplete");
        }
        walRanges.add(new BackupManifest.WalRange(timeline, start, end));
    }

    private static void expect(@Nullable JsonToken found, JsonToken expected) {
        if (found != expected) {
            throw new IllegalArgumentException("found " + found + " where " + expected + " is expected");
        }
    }
}
