package dev.pitrproof.sandbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The jar of a {@link MavenPostgres}: a zip with one {@code .txz}, which holds {@code bin}, {@code lib}, {@code share}. */
final class PostgresArchive {

    private PostgresArchive() {}

    /** Unpacks into a directory, readable by everybody. */
    static void unpack(Path jar, Path directory) throws IOException {
        try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
            ZipArchiveEntry archive = null;
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                if (entry.getName().endsWith(".txz")) {
                    archive = entry;
                }
            }
            if (archive == null) {
                throw new IOException(jar.getFileName() + " holds no .txz");
            }
            try (TarArchiveInputStream tar = new TarArchiveInputStream(
                    new XZCompressorInputStream(new BufferedInputStream(zip.getInputStream(archive))))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpack(entry, tar, directory);
                }
            }
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path directory) throws IOException {
        Path path = directory.resolve(entry.getName()).normalize();
        if (!path.startsWith(directory)) {
            throw new IOException("\"" + entry.getName() + "\" leads out of the archive");
        }
        if (entry.isDirectory()) {
            createReadable(directory.relativize(path), directory);
            return;
        }
        createReadable(directory.relativize(path.resolveSibling("")), directory);
        if (entry.isSymbolicLink()) {
            Path target = Path.of(entry.getLinkName());
            if (target.isAbsolute() || !path.resolveSibling(target).normalize().startsWith(directory)) {
                throw new IOException("\"" + entry.getName() + "\" links out of the archive");
            }
            Files.createSymbolicLink(path, target);
        } else if (entry.isFile()) {
            Files.copy(content, path);
            boolean program = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        } else {
            throw new IOException("\"" + entry.getName() + "\" is neither a file nor a directory nor a link");
        }
    }

    /** A directory that everybody can read, whatever the umask, with those above it. */
    private static void createReadable(Path relative, Path top) throws IOException {
        Path path = top;
        for (Path name : relative) {
            path = path.resolve(name);
            if (!Files.isDirectory(path)) {
                Files.createDirectory(path);
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }
}
