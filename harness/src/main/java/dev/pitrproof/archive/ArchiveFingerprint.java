package dev.pitrproof.archive;

import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What an archive looks like: the size and modification time of each file, or what else its store tells versions by, and
 * the content of the segments that a recovery reads.
 *
 * @param files its version by file name
 * @param rangeSha256 SHA-256 over the recovery's segments as they are stored, in their order
 */
public record ArchiveFingerprint(Map<String, String> files, String rangeSha256) {

    /** @param range the segments whose contents are read, in order */
    public static ArchiveFingerprint of(ArchiveStore store, List<SegmentName> range) throws IOException {
        return new ArchiveFingerprint(store.versions(), sha256(store, range));
    }

    /** The same archive later; contents are read again only where they can be others though all versions are the same. */
    public ArchiveFingerprint again(ArchiveStore store, List<SegmentName> range) throws IOException {
        Map<String, String> now = store.versions();
        boolean isRead = now.equals(files) && !store.versionTellsContent();
        return new ArchiveFingerprint(now, isRead ? sha256(store, range) : rangeSha256);
    }

    private static String sha256(ArchiveStore store, List<SegmentName> range) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        byte[] buffer = new byte[1 << 16];
        for (SegmentName segment : range) {
            String file = ArchivedFile.find(store, segment.fileName())
                    .map(ArchivedFile::fileName)
                    .orElse(segment.fileName());
            try (InputStream in = store.open(file)) {
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
