package dev.pitrproof.archive;

import dev.pitrproof.archive.ArchiveAudit.Finding;
import dev.pitrproof.archive.ArchiveAudit.Kind;
import dev.pitrproof.compression.Compression;
import dev.pitrproof.compression.DecodingStream;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The segments of an archive by what their names, sizes and first page headers say. */
final class AuditInventory {

    private static final int PIECE_BYTES = 1 << 16;

    private final SegmentHeader header;
    private final SortedMap<SegmentName, ArchivedFile> segments = new TreeMap<>();
    private final SortedMap<SegmentName, ArchivedFile> good = new TreeMap<>();
    private final List<Finding> findings = new ArrayList<>();

    private AuditInventory(SegmentHeader header) {
        this.header = header;
    }

    /** Empty if no segment has a readable header. */
    static Optional<AuditInventory> of(List<ArchivedFile> files) {
        SortedMap<String, List<ArchivedFile>> byName = new TreeMap<>();
        files.stream().filter(ArchivedFile::isSegment).sorted().forEach(file -> byName.computeIfAbsent(
                        file.name(), name -> new ArrayList<>())
                .add(file));
        return commonest(byName).map(header -> {
            AuditInventory inventory = new AuditInventory(header);
            byName.forEach(inventory::inspect);
            return inventory;
        });
    }

    /** One stray segment in front must not make all the others foreign. */
    private static Optional<SegmentHeader> commonest(Map<String, List<ArchivedFile>> byName) {
        Map<Long, Integer> counts = new HashMap<>();
        Map<Long, SegmentHeader> headers = new HashMap<>();
        for (List<ArchivedFile> files : byName.values()) {
            try {
                SegmentHeader.read(files.get(0)).ifPresent(header -> {
                    counts.merge(header.systemIdentifier(), 1, Integer::sum);
                    headers.putIfAbsent(header.systemIdentifier(), header);
                });
            } catch (IOException e) {
                // a finding, later: another segment tells as well what cluster this is
            }
        }
        return counts.entrySet().stream()
                .max(Map.Entry.<Long, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(entry -> headers.get(entry.getKey()));
    }

    private void inspect(String name, List<ArchivedFile> files) {
        SegmentName segment;
        try {
            segment = SegmentName.parse(name, header.segmentSize());
        } catch (IllegalArgumentException e) {
            add(
                    Kind.FOREIGN,
                    name,
                    "a name that segments of " + header.segmentSize() + " bytes have",
                    e.getMessage() + "",
                    "a cluster with another segment size seems to archive into the same directory");
            return;
        }
        ArchivedFile file = files.get(0);
        segments.put(segment, file);
        try {
            if (isGood(segment, file)) {
                good.put(segment, file);
            }
            for (ArchivedFile other : files.subList(1, files.size())) {
                if (!other.partial()) {
                    compare(segment, file, other);
                }
            }
        } catch (IOException e) {
            good.remove(segment);
            unreadable(segment, e);
        }
    }

    /** By its size, as far as that tells, and its first page's header. */
    private boolean isGood(SegmentName segment, ArchivedFile file) throws IOException {
        String name = segment.fileName();
        byte[] beginning = new byte[SegmentHeader.BYTES];
        int length;
        Optional<DecodingStream.Failure> failure;
        try (DecodingStream content = file.content()) {
            length = content.readFully(beginning);
            failure = content.failure();
        }
        long size = file.compression() == Compression.NONE ? file.size() : -1;
        String whole = "a file of " + header.segmentSize() + " bytes";
        if (length == 0 && failure.isEmpty()) {
            add(Kind.EMPTY, name, whole, file.fileName() + " is empty", OTHER_COPY);
            return false;
        }
        if (length < beginning.length) {
            add(
                    failure.isEmpty() || failure.get().truncated() ? Kind.TRUNCATED : Kind.DAMAGED,
                    name,
                    whole,
                    file.fileName() + ": "
                            + failure.map(DecodingStream.Failure::message).orElse("it has " + length + " bytes"),
                    OTHER_COPY);
            return false;
        }
        return hasGoodSize(name, file, size, whole) && hasGoodHeader(segment, file, beginning);
    }

    static final String OTHER_COPY = "get it from another copy of the archive, or from the source's pg_wal";

    private boolean hasGoodSize(String name, ArchivedFile file, long size, String whole) {
        if (size < 0 || size == header.segmentSize() || (file.partial() && size < header.segmentSize())) {
            return true;
        }
        boolean shorter = size < header.segmentSize();
        add(
                shorter ? Kind.TRUNCATED : Kind.DAMAGED,
                name,
                whole,
                file.fileName() + " has " + size + " bytes",
                OTHER_COPY);
        return false;
    }

    private boolean hasGoodHeader(SegmentName segment, ArchivedFile file, byte[] beginning) {
        Optional<SegmentHeader> found = SegmentHeader.of(beginning);
        String name = segment.fileName();
        if (found.isEmpty()) {
            boolean zeros = Arrays.equals(beginning, new byte[beginning.length]);
            add(
                    zeros ? Kind.EMPTY : Kind.DAMAGED,
                    name,
                    "the page header of a segment of PostgreSQL "
                            + header.version().major(),
                    file.fileName() + " begins with " + (zeros ? "zeros" : "something else"),
                    OTHER_COPY);
            return false;
        }
        SegmentHeader its = found.get();
        if (its.systemIdentifier() != header.systemIdentifier()) {
            add(
                    Kind.FOREIGN,
                    name,
                    "WAL of system " + Long.toUnsignedString(header.systemIdentifier()),
                    file.fileName() + " is of system " + Long.toUnsignedString(its.systemIdentifier()),
                    "another cluster archives into the same directory: end that, then get this segment from another copy");
            return false;
        }
        if (its.segmentSize() == header.segmentSize() && !its.pageAddress().equals(segment.start())) {
            add(
                    Kind.RECYCLED,
                    name,
                    "the WAL from " + segment.start() + " on",
                    file.fileName() + " holds the WAL from " + its.pageAddress() + " on",
                    "a file of pg_wal was copied that the server had only renamed for later use: " + OTHER_COPY);
            return false;
        }
        return true;
    }

    private void compare(SegmentName segment, ArchivedFile read, ArchivedFile other) throws IOException {
        Optional<String> difference = difference(read, other);
        String found = read.fileName() + " and " + other.fileName();
        findings.add(new Finding(
                Kind.DUPLICATE,
                segment.fileName(),
                segment.fileName(),
                1,
                "one file",
                found + difference.map(where -> ", which differ " + where).orElse(" with the same content"),
                difference.isEmpty() ? "nothing" : "one of the two is wrong; " + read.fileName() + " is read here",
                difference.isEmpty()
                        ? "remove one of them"
                        : "find out which of them restore_command takes, and keep the one that an audit accepts alone",
                difference.isEmpty()));
    }

    private static Optional<String> difference(ArchivedFile one, ArchivedFile other) throws IOException {
        try (DecodingStream first = one.content();
                DecodingStream second = other.content()) {
            byte[] some = new byte[PIECE_BYTES];
            byte[] same = new byte[PIECE_BYTES];
            long offset = 0;
            while (true) {
                int length = first.readFully(some);
                int otherLength = second.readFully(same);
                int mismatch = Arrays.mismatch(some, 0, length, same, 0, otherLength);
                if (mismatch >= 0) {
                    return Optional.of("from byte " + (offset + mismatch) + " on");
                }
                offset += length;
                if (length < some.length) {
                    return first.failure()
                            .or(second::failure)
                            .map(failure -> "in that one is broken: " + failure.message());
                }
            }
        }
    }

    private void add(Kind kind, String name, String expected, String found, String hint) {
        findings.add(new Finding(kind, name, name, 1, expected, found, "", hint, false));
    }

    void unreadable(SegmentName segment, IOException e) {
        add(
                Kind.UNREADABLE,
                segment.fileName(),
                "a file that can be read",
                why(e),
                e instanceof ArchiveException said ? said.hint() : READABLE);
    }

    static final String READABLE = "the files must be readable by the user who runs this command";

    static String why(IOException e) {
        return (e instanceof ArchiveException
                        ? ""
                        : e.getClass().getSimpleName().replace("Exception", "") + ": ")
                + e.getMessage();
    }

    SegmentHeader header() {
        return header;
    }

    /** All there are, good or bad. */
    SortedMap<SegmentName, ArchivedFile> segments() {
        return segments;
    }

    /** Those that look good from outside. */
    SortedMap<SegmentName, ArchivedFile> good() {
        return good;
    }

    List<Finding> findings() {
        return findings;
    }

    static final Comparator<Finding> BY_POSITION = Comparator.comparing(
                    (Finding finding) -> SegmentName.isSegment(finding.first()))
            .thenComparing(
                    finding -> finding.first().length() > 8 ? finding.first().substring(8) : "")
            .thenComparing(Finding::first);
}
