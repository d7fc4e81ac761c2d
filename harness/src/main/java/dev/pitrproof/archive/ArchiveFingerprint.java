package dev.pitrproof.archive;

import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What an archive directory looks like: the size and modification time of each file, and the content of the segments
 * that a recovery reads.
 *
 * @param files size and modification time by file name
 * @param rangeSha256 SHA-256 over the recovery's segments as they are stored, in their order
 */
public record ArchiveFingerprint(Map<String, String> files, String rangeSha256) {

    /** @param range the segments whose contents are read, in order */
    public static ArchiveFingerprint of(Path directory, List<SegmentName> range) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> list = Files.list(directory)) {
            for (Path file : list.toList()) {
                files.put(
                        String.valueOf(file.getFileName()),
                        Files.size(file) + " bytes of " + Files.getLastModifiedTime(file));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new ArchiveFingerprint(files, sha256(directory, range));
    }

    private static String sha256(Path directory, List<SegmentName> range) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        byte[] buffer = new byte[1 << 16];
        for (SegmentName segment : range) {
            Path file = ArchivedFile.find(directory, segment.fileName())
                    .map(ArchivedFile::path)
                    .orElse(directory.resolve(segment.fileName()));
            try (InputStream in = Files.newInputStream(file)) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    digest.update(buffer, 0, read);
                }
            } catch (NoSuchFileException e) {
                digest.update((byte) 0); // the list of files shows that it is gone
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** What is different now, in words; empty if nothing is. */
    public Optional<String> changedTo(ArchiveFingerprint now) {
        TreeSet<String> names = new TreeSet<>(files.keySet());
        names.addAll(now.files.keySet());
        for (String name : names) {
            String was = files.get(name);
            String is = now.files.get(name);
            if (was == null) {
                return Optional.of(name + " is new");
            }
            if (is == null) {
                return Optional.of(name + " is gone");
            }
            if (!was.equals(is)) {
                return Optional.of(name + " was " + was + " and is " + is);
            }
        }
        return rangeSha256.equals(now.rangeSha256)
                ? Optional.empty()
                : Optional.of("a segment's content is another, though its size and time are not");
    }
}
