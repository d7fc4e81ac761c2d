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
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An archive's files in a directory. */
public record DirectoryStore(Path path) implements ArchiveStore {

    /** A segment, also as pgBackRest keeps it. */
    private static final Pattern KEPT = Pattern.compile("[0-9A-F]{24}([.-].*)?");

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
                hint().orElse(ArchiveException.NAMES_OF_SEGMENTS));
    }

    /** What somebody may have meant. */
    private Optional<String> hint() {
        if (Files.exists(path.resolve("PG_VERSION"))
                || Files.exists(path.resolve("base.tar"))
                || Files.exists(path.resolve("backup_manifest"))) {
            return Optional.of("it is a backup or a data directory, not the directory that archive_command writes to");
        }
        try (Stream<Path> below = Files.walk(path, 3)) {
            return below.filter(file ->
                            KEPT.matcher(String.valueOf(file.getFileName())).matches())
                    .findFirst()
                    .map(found -> "there are some below it, such as " + found + ": name their directory, or let the"
                            + " tool that keeps them in several fetch them, by prove --restore-command='barman get-wal"
                            + " …' or '… archive-get %f %p'");
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty(); // what cannot be listed gives no hint
        }
    }
}
