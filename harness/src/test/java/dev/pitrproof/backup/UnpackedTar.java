package dev.pitrproof.backup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/** Unpacks tar files with somebody else's code. */
public final class UnpackedTar {

    private UnpackedTar() {}

    /** Unpacks into a directory that is there, and returns the members' names in their order. */
    public static List<String> into(Path directory, Path file) throws IOException {
        List<String> names = new ArrayList<>();
        Files.setAttribute(directory, "unix:mode", 0700);
        try (TarArchiveInputStream tar = new TarArchiveInputStream(open(file))) {
            for (TarArchiveEntry member = tar.getNextEntry(); member != null; member = tar.getNextEntry()) {
                names.add(member.getName());
                Path target = directory.resolve(member.getName());
                if (member.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(tar, target);
                }
                Files.setAttribute(target, "unix:mode", member.getMode() & 0777);
            }
        }
        return names;
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        String name = file.toString();
        if (name.endsWith(".gz")) {
            return new GZIPInputStream(in);
        }
        if (name.endsWith(".lz4")) {
            return new FramedLZ4CompressorInputStream(in, true);
        }
        return name.endsWith(".zst") ? new ZstdCompressorInputStream(in) : in;
    }

    /** The file of a backup in tar format whose name begins so, whatever it is compressed with. */
    public static Path find(Path backup, String name) throws IOException {
        try (var files = Files.list(backup)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name + ".tar"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no " + name + ".tar in " + backup));
        }
    }
}
