package dev.pitrproof.backup;

import dev.pitrproof.wal.RelationName;
import dev.pitrproof.wal.RelationNames;
import dev.pitrproof.wal.WalEntry.RelationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the names of relations from the catalogs in a base backup's files, without a server: pg_class and pg_namespace of
 * every database, and pg_database.
 *
 * <p>The files are as the server left them while it worked, so that they hold versions of rows that were replaced since,
 * and may lack what recovery would bring. Each version's file finds its relation; a relation's name is the newest one's.
 * What was created or renamed later is not known here.
 */
public final class CatalogFiles {

    private static final int PG_CLASS = 1259;
    private static final int PG_DATABASE = 1262;
    private static final int PG_NAMESPACE = 2615;
    private static final int PG_DEFAULT = 1663;
    private static final int PG_GLOBAL = 1664;
    private static final int FIRST_MAJOR = 14;
    private static final int LAST_MAJOR = 18;

    private final Path dataDirectory;
    private final Consumer<String> notes;
    private final CatalogRows rows;
    private final List<RelationName> relations = new ArrayList<>();

    private CatalogFiles(Path dataDirectory, CatalogRows rows, Consumer<String> notes) {
        this.dataDirectory = dataDirectory;
        this.rows = rows;
        this.notes = notes;
    }

    /**
     * Reads all databases' catalogs.
     *
     * @param dataDirectory a base backup in plain format, or a stopped cluster's data directory
     * @param notes is told what could not be read, a line each; what that was has no name then
     * @throws IOException with a user's message if this is no data directory of PostgreSQL 14 to 18
     */
    public static RelationNames read(Path dataDirectory, Consumer<String> notes) throws IOException {
        return new CatalogFiles(dataDirectory, new CatalogRows(major(dataDirectory), notes), notes).read();
    }

    private static int major(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve("PG_VERSION");
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    "directory \"" + dataDirectory + "\" is no base backup in plain format: it has no" + " PG_VERSION");
        }
        String version = Files.readString(file).strip();
        if (!version.matches("\\d{1,3}")
                || Integer.parseInt(version) < FIRST_MAJOR
                || Integer.parseInt(version) > LAST_MAJOR) {
            throw new IOException("file \"" + file + "\" says version \"" + version + "\": expected " + FIRST_MAJOR
                    + " to " + LAST_MAJOR);
        }
        return Integer.parseInt(version);
    }

    private RelationNames read() throws IOException {
        Map<Integer, String> databases = databases();
        for (Path directory : databaseDirectories()) {
            int oid = Integer.parseUnsignedInt(String.valueOf(directory.getFileName()));
            String name = databases.getOrDefault(oid, Integer.toUnsignedString(oid));
            try {
                readDatabase(directory, oid, name);
            } catch (IOException e) {
                notes.accept("the catalogs of database " + name + " cannot be read: " + e.getMessage());
            }
        }
        return new RelationNames(databases, relations);
    }

    private Map<Integer, String> databases() {
        Path global = dataDirectory.resolve("global");
        try {
            return names(global.resolve(
                    Integer.toUnsignedString(FilenodeMap.read(global).fileOf(PG_DATABASE))));
        } catch (IOException e) {
            notes.accept("the names of databases cannot be read: " + e.getMessage());
            return Map.of();
        }
    }

    private Map<Integer, String> names(Path file) throws IOException {
        Map<Integer, String> names = new HashMap<>();
        rows.names(file).forEach(row -> names.put(row.oid(), row.name()));
        return names;
    }

    /** The directories in which databases keep their catalogs: in {@code base}, or in their default tablespace. */
    private List<Path> databaseDirectories() throws IOException {
        List<Path> parents = new ArrayList<>(List.of(dataDirectory.resolve("base")));
        for (Path tablespace : list(dataDirectory.resolve("pg_tblspc"))) {
            for (Path version : list(tablespace)) {
                if (String.valueOf(version.getFileName()).startsWith("PG_")) {
                    parents.add(version);
                }
            }
        }
        List<Path> directories = new ArrayList<>();
        for (Path parent : parents) {
            for (Path directory : list(parent)) {
                if (String.valueOf(directory.getFileName()).matches("[1-9][0-9]{0,9}")
                        && Files.isRegularFile(directory.resolve(FilenodeMap.FILE_NAME))) {
                    directories.add(directory);
                }
            }
        }
        return directories;
    }

    private static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private void readDatabase(Path directory, int database, String databaseName) throws IOException {
        FilenodeMap map = FilenodeMap.read(directory);
        List<CatalogRows.ClassRow> classes =
                rows.classes(directory.resolve(Integer.toUnsignedString(map.fileOf(PG_CLASS))));
        Map<Integer, String> schemas = schemas(directory, classes);
        int ownTablespace = tablespaceOf(directory);
        for (CatalogRows.ClassRow row : classes) {
            relations.add(new RelationName(
                    databaseName,
                    schemas.getOrDefault(row.namespace(), Integer.toUnsignedString(row.namespace())),
                    row.name(),
                    row.kind(),
                    database,
                    row.oid(),
                    file(row, map, database, ownTablespace)));
        }
    }

    /** Tried from the newest version of pg_namespace's own row to the oldest: only one has its file here. */
    private Map<Integer, String> schemas(Path directory, List<CatalogRows.ClassRow> classes) {
        for (int i = classes.size() - 1; i >= 0; i--) {
            Path file =
                    directory.resolve(Integer.toUnsignedString(classes.get(i).file()));
            if (classes.get(i).oid() == PG_NAMESPACE && Files.isRegularFile(file)) {
                try {
                    return names(file);
                } catch (IOException e) {
                    notes.accept("the names of schemas cannot be read: " + e.getMessage());
                }
            }
        }
        return Map.of();
    }

    private static int tablespaceOf(Path databaseDirectory) {
        Path version = databaseDirectory.getParent();
        Path tablespace = version == null ? null : version.getParent();
        if (version == null
                || tablespace == null
                || String.valueOf(version.getFileName()).equals("base")) {
            return PG_DEFAULT;
        }
        String oid = String.valueOf(tablespace.getFileName());
        return oid.matches("[1-9][0-9]{0,9}") ? Integer.parseUnsignedInt(oid) : PG_DEFAULT;
    }

    private static @Nullable RelationFile file(
            CatalogRows.ClassRow row, FilenodeMap map, int database, int ownTablespace) {
        if (row.tablespace() == PG_GLOBAL) {
            return null; // a catalog of the whole cluster, which has no place in one database
        }
        int number = row.file() == 0 ? map.fileOf(row.oid()) : row.file();
        int tablespace = row.tablespace() == 0 ? ownTablespace : row.tablespace();
        return number == 0 ? null : new RelationFile(tablespace, database, number);
    }
}
