package dev.pitrproof.cli;

import dev.pitrproof.backup.CatalogFiles;
import dev.pitrproof.backup.CatalogQuery;
import dev.pitrproof.wal.RelationNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the names of relations come from, which the WAL does not hold; as a picocli mixin. */
final class NameOptions {

    /** How to make the file that {@code --names} reads; for {@code --help}. */
    static final String HOW_TO_TAKE_NAMES = "psql -AtF $'\\t' -d DATABASE > FILE -c \"" + CatalogQuery.SQL + "\"";

    @Option(
            names = "--backup",
            paramLabel = "DIR",
            description = "a base backup in plain format: its catalog files give the relations' names")
    private @Nullable Path backup;

    @Option(
            names = "--names",
            paramLabel = "FILE",
            description = "a file of names, taken before the damage; see below how")
    private @Nullable Path names;

    @Nullable
    Path backup() {
        return backup;
    }

    boolean areGiven() {
        return backup != null || names != null;
    }

    /**
     * Reads the names; the file's count where both are given and differ.
     *
     * @param notes is told what could not be read, though the command can go on
     * @throws IOException with a user's message
     */
    RelationNames read(Consumer<String> notes) throws IOException {
        RelationNames found = backup == null ? RelationNames.NONE : CatalogFiles.read(backup, notes);
        return names == null ? found : CatalogQuery.read(names).orElse(found);
    }
}
