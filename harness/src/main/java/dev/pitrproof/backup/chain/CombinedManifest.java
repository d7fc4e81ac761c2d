package dev.pitrproof.backup.chain;

import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.ChecksumAlgorithm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Writes a backup manifest of version 2, line by line as PostgreSQL does; see "Backup Manifest Format" in the manual. */
final class CombinedManifest {

    static final ChecksumAlgorithm ALGORITHM = ChecksumAlgorithm.CRC32C;

    private final List<String> files = new ArrayList<>();

    /** @param checksum in the words of {@link #ALGORITHM} */
    void add(String path, long size, String lastModified, String checksum) {
        boolean plain = path.chars().allMatch(c -> c >= ' ' && c < 127 && c != '"' && c != '\\');
        String name = plain
                ? "\"Path\": \"" + path + "\""
                : "\"Encoded-Path\": \"" + HexFormat.of().formatHex(path.getBytes(StandardCharsets.UTF_8)) + "\"";
        files.add("{ " + name + ", \"Size\": " + size + ", \"Last-Modified\": \"" + lastModified
                + "\", \"Checksum-Algorithm\": \"" + ALGORITHM + "\", \"Checksum\": \"" + checksum + "\" }");
    }

    /** @param newest of which system it is, and which WAL it needs */
    void write(Path file, BackupManifest newest, long systemIdentifier) throws IOException {
        StringBuilder text = new StringBuilder(files.size() * 160 + 400);
        text.append("{ \"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": ")
                .append(Long.toUnsignedString(systemIdentifier))
                .append(",\n\"Files\": [\n")
                .append(String.join(",\n", files))
                .append("\n],\n\"WAL-Ranges\": [\n")
                .append(String.join(
                        ",\n",
                        newest.walRanges().stream().map(CombinedManifest::line).toList()))
                .append("\n],\n");
        byte[] content = text.toString().getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(content);
            out.write(("\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(sha256(content)) + "\"}\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String line(BackupManifest.WalRange range) {
        return String.format(
                Locale.ROOT,
                "{ \"Timeline\": %s, \"Start-LSN\": \"%s\", \"End-LSN\": \"%s\" }",
                range.timeline().value(),
                range.start(),
                range.end());
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
