package dev.pitrproof.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** An archive's files in a directory. */
public record DirectoryStore(Path path) implements ArchiveStore {

    @Override
    public String location() {
        return path.toString();
    }

    @Override
    public String locate(String fileName) {
        return path.resolve(fileName).toString();
    }

    @Override
    public Optional<Path> directory() {
        return Optional.of(path);
    }

    @Override
    public List<String> fileNames() throws IOException {
        if (!Files.isDirectory(path)) {
            throw new ArchiveException(
                    ArchiveException.Kind.NO_DIRECTORY,
                    "\"" + path + "\" is not a directory",
                    "name the directory that archive_command writes to, or a pg_wal directory");
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                names.add(String.valueOf(file.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    @Override
    public Optional<String> firstOf(List<String> names) {
        return names.stream()
                .filter(name -> Files.isRegularFile(path.resolve(name)))
                .findFirst();
    }

    @Override
    public long size(String fileName) throws IOException {
        return Files.size(path.resolve(fileName));
    }

    @Override
    public InputStream open(String fileName) throws IOException {
        return Files.newInputStream(path.resolve(fileName));
    }

    /** To copy several files at a time does not make a disk faster. */
    @Override
    public int readersMax() {
        return 1;
    }

    @Override
    public Map<String, String> versions() throws IOException {
        Map<String, String> versions = new TreeMap<>();
        try (Stream<Path> list = Files.list(path)) {
            for (Path file : list.toList()) {
                versions.put(
                        String.valueOf(file.getFileName()),
                        Files.size(file) + " bytes of " + Files.getLastModifiedTime(file));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return versions;
    }

    @Override
    public boolean versionTellsContent() {
        return false;
    }

    @Override
    public ArchiveException withoutSegments() {
        return new ArchiveException(
                ArchiveException.Kind.NO_SEGMENTS,
                "directory \"" + path + "\" holds no WAL segments",
                ArchiveException.NAMES_OF_SEGMENTS);
    }
}
