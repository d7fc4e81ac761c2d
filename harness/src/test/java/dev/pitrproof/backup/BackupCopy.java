package dev.pitrproof.backup;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A copy of a backup, with what befalls backups. Tablespaces stay where they are. */
public record BackupCopy(Path directory) {

    /** @param directory does not exist yet */
    public static BackupCopy of(Path backup, Path directory) throws IOException {
        Files.walkFileTree(backup, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
                return visitFile(each, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
                Path target = directory.resolve(backup.relativize(each).toString());
                Files.copy(each, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                return FileVisitResult.CONTINUE;
            }
        });
        return new BackupCopy(directory);
    }

    public Path file(String path) {
        return directory.resolve(path);
    }

    public void flipByte(String path, long at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(file(path).toFile(), "rw")) {
            file.seek(at);
            int value = file.read();
            file.seek(at);
            file.write(value ^ 1);
        }
    }

    public void append(String path) throws IOException {
        Files.write(file(path), new byte[1], StandardOpenOption.APPEND);
    }

    public void truncate(String path, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(file(path).toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    public void delete(String path) throws IOException {
        Files.delete(file(path));
    }

    public void add(String path, String content) throws IOException {
        Files.writeString(file(path), content);
    }

    /** Changes the manifest, and gives it a checksum that is right. */
    public void rewriteManifest(String from, String to) throws IOException {
        Path manifest = file(BackupManifest.FILE_NAME);
        String text = Files.readString(manifest);
        String body =
                text.substring(0, text.lastIndexOf("\"Manifest-Checksum\"")).replace(from, to);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
            Files.writeString(
                    manifest,
                    body + "\"Manifest-Checksum\": \"" + HexFormat.of().formatHex(digest) + "\"}\n");
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }
}
