package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The rows of pg_class, and of the catalogs that only matter for a name here, decoded from their files; columns as in
 * pg_class.h, pg_namespace.h and pg_database.h, from 14 to 18.
 */
final class CatalogRows {

    private static final int NAME_BYTES = 64;
    private static final int CLASS_NAMESPACE_AT = 68;
    private static final int CLASS_FILE_AT = 88;
    private static final int CLASS_TABLESPACE_AT = 92;
    private static final int CLASS_KIND_AT = 115;
    private static final String KINDS = "rtiSvmcfpI";

    /** The table that VACUUM FULL and its like fill takes over the old file, and goes with it. */
    private static final Pattern TRANSIENT = Pattern.compile("pg_temp_\\d+");

    /** A row of pg_class; tablespace 0 is the database's own, file 0 is a mapped catalog or no file at all. */
    record ClassRow(int oid, String name, int namespace, int file, int tablespace, char kind) {}

    /** An OID and a name. */
    record NameRow(int oid, String name) {}

    private final int major;
    private final Consumer<String> notes;

    /** @param notes is told of pages that could not be read, a line each */
    CatalogRows(int major, Consumer<String> notes) {
        this.major = major;
        this.notes = notes;
    }

    /** All versions of the rows of pg_class, the newest of each relation last. */
    List<ClassRow> classes(Path file) throws IOException {
        return tuples(file).stream()
                .map(this::classRow)
                .flatMap(Optional::stream)
                .toList();
    }

    /** All versions of the rows of pg_namespace or pg_database, the newest of each last. */
    List<NameRow> names(Path file) throws IOException {
        return tuples(file).stream()
                .flatMap(row ->
                        name(row.data()).map(name -> new NameRow(row.data().getInt(0), name)).stream())
                .toList();
    }

    private List<HeapFile.Tuple> tuples(Path file) throws IOException {
        List<HeapFile.Tuple> tuples = new ArrayList<>();
        HeapFile heap = new HeapFile(file);
        heap.forEach(tuples::add);
        if (heap.damagedPages() > 0) {
            notes.accept(heap.damagedPages() + " pages of \"" + file
                    + "\" cannot be read: some relations have no name here");
        }
        Map<Integer, HeapFile.Tuple> newest = new LinkedHashMap<>();
        for (HeapFile.Tuple tuple : tuples) {
            if (tuple.data().limit() >= Integer.BYTES) {
                newest.merge(tuple.data().getInt(0), tuple, CatalogRows::newer);
            }
        }
        tuples.removeAll(Set.copyOf(newest.values()));
        tuples.addAll(newest.values());
        return tuples;
    }

    private static HeapFile.Tuple newer(HeapFile.Tuple a, HeapFile.Tuple b) {
        if (a.superseded() != b.superseded()) {
            return a.superseded() ? b : a;
        }
        return a.xmin() - b.xmin() > 0 ? a : b; // xids are compared modulo 2^32
    }

    private Optional<ClassRow> classRow(HeapFile.Tuple tuple) {
        ByteBuffer row = tuple.data();
        int kindAt = CLASS_KIND_AT + (major >= 18 ? Integer.BYTES : 0); // relallfrozen came before it
        if (row.limit() <= kindAt || KINDS.indexOf(row.get(kindAt)) < 0) {
            return Optional.empty();
        }
        return name(row)
                .filter(name -> !TRANSIENT.matcher(name).matches())
                .map(name -> new ClassRow(
                        row.getInt(0),
                        name,
                        row.getInt(CLASS_NAMESPACE_AT),
                        row.getInt(CLASS_FILE_AT),
                        row.getInt(CLASS_TABLESPACE_AT),
                        (char) row.get(kindAt)));
    }

    /** The name behind the OID: 64 bytes, padded with zeros. */
    private static Optional<String> name(ByteBuffer row) {
        if (row.limit() < Integer.BYTES + NAME_BYTES || row.getInt(0) == 0) {
            return Optional.empty();
        }
        int length = 0;
        while (length < NAME_BYTES && row.get(Integer.BYTES + length) != 0) {
            length++;
        }
        if (length == 0 || length == NAME_BYTES) {
            return Optional.empty();
        }
        byte[] name = new byte[length];
        row.get(Integer.BYTES, name);
        return Optional.of(new String(name, StandardCharsets.UTF_8));
    }
}
