package dev.pitrproof.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.s3.S3Location;
import dev.pitrproof.s3.S3Server;
import dev.pitrproof.s3.S3Store;
import dev.pitrproof.wal.RecordedWal;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What every kind of archive has to do, in a directory and in a bucket, shown on one that a real server wrote. */
@ExtendWith(RecordedWal.Resolver.class)
@ParameterizedClass
@EnumSource(ArchiveContract.Place.class)
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
abstract class ArchiveContract {

    static final int SEGMENT_SIZE = 1 << 20;

    /** Where archives are. */
    enum Place {
        DIRECTORY,
        BUCKET
    }

    static S3Server server;

    @Parameter
    Place place;

    @TempDir
    Path directory;

    @TempDir
    Path elsewhere;

    /** What the server wrote, by name. */
    final Map<String, byte[]> written = new TreeMap<>();

    private Map<String, String> before;

    @BeforeAll
    static void startServer() throws IOException {
        server = S3Server.over(Path.of(System.getProperty("java.io.tmpdir")));
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    /** The archive whose files lie in a directory, or in the bucket that is that directory. */
    WalArchive open(Path files) throws IOException {
        return switch (place) {
            case DIRECTORY -> DirectoryArchive.open(files);
            case BUCKET -> WalArchive.open(S3Store.at(bucket(files), server.endpoint()));
        };
    }

    static S3Location bucket(Path files) {
        return S3Location.parse("s3://" + files.getFileName());
    }

    /** Puts one file that the server archived into this kind of archive. */
    abstract void store(String name, byte[] content) throws IOException;

    @BeforeEach
    void fill(RecordedWal wal) throws IOException {
        try (Stream<Path> files = Files.list(wal.archive())) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                if (SegmentName.isSegment(name) || name.endsWith(".history")) {
                    written.put(name, Files.readAllBytes(file));
                    store(name, Files.readAllBytes(file));
                }
            }
        }
        before = listing();
    }

    /** Sizes, times and names: reading must not change them, nor leave anything. */
    @AfterEach
    void nothingInTheArchiveHasChanged() throws IOException {
        assertThat(listing()).isEqualTo(before);
    }

    private Map<String, String> listing() throws IOException {
        Map<String, String> listing = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                FileTime time = Files.getLastModifiedTime(file);
                listing.put(file.toString(), Files.size(file) + " " + time);
            }
        }
        return listing;
    }

    /** The content of one of these files. */
    final byte[] written(String name) {
        return Objects.requireNonNull(written.get(name), name);
    }

    private List<String> segmentNames() {
        return written.keySet().stream().filter(SegmentName::isSegment).toList();
    }

    static byte[] content(WalArchive archive, SegmentName segment) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(2 * SEGMENT_SIZE);
        while (archive.read(segment, content.position(), content) >= 0) {
            assertThat(content.hasRemaining()).isTrue();
        }
        byte[] bytes = new byte[content.flip().remaining()];
        content.get(bytes);
        return bytes;
    }

    @Test
    void knowsItsClusterAndListsWhatItHas() throws Exception {
        try (WalArchive archive = open(directory)) {
            assertThat(archive.segmentSize()).isEqualTo(SEGMENT_SIZE);
            assertThat(archive.walMajor()).isEqualTo(15);
            assertThat(archive.segments())
                    .isSorted()
                    .extracting(SegmentName::fileName)
                    .containsExactlyInAnyOrderElementsOf(segmentNames());
            assertThat(archive.timelines()).containsExactly(TimelineId.FIRST, new TimelineId(2));
        }
    }

    @Test
    void givesEveryByteAsTheServerWroteIt() throws Exception {
        try (WalArchive archive = open(directory)) {
            for (SegmentName segment : archive.segments()) {
                assertThat(archive.has(segment)).isTrue();
                assertThat(content(archive, segment)).isEqualTo(written(segment.fileName()));
            }
        }
    }

    @Test
    void saysWhereThereIsNoByte() throws Exception {
        try (WalArchive archive = open(directory)) {
            List<SegmentName> segments = archive.segments();
            SegmentName behind = segments.get(segments.size() - 1).next();
            assertThat(archive.has(behind)).isFalse();
            assertThat(archive.read(behind, 0, ByteBuffer.allocate(10))).isEqualTo(-1);
            assertThat(archive.read(segments.get(0), SEGMENT_SIZE, ByteBuffer.allocate(10)))
                    .isEqualTo(-1);
            assertThat(archive.read(segments.get(0), SEGMENT_SIZE - 4, ByteBuffer.allocate(10)))
                    .isEqualTo(4);
        }
    }

    @Test
    void jumpsBetweenSegments() throws Exception {
        try (WalArchive archive = open(directory)) {
            List<SegmentName> there = new ArrayList<>(archive.segments());
            for (int i = 0; i < 40; i++) {
                SegmentName segment = there.get(i * 7 % there.size());
                long offset = i * 25_000L;
                ByteBuffer piece = ByteBuffer.allocate(1000);
                while (piece.hasRemaining()) {
                    archive.read(segment, offset + piece.position(), piece);
                }
                byte[] all = written(segment.fileName());
                assertThat(piece.flip()).isEqualTo(ByteBuffer.wrap(all, (int) offset, 1000));
            }
        }
    }

    @Test
    void readsHistories() throws Exception {
        try (WalArchive archive = open(directory)) {
            TimelineHistory history = archive.history(new TimelineId(2)).orElseThrow();
            assertThat(history.path()).containsExactly(TimelineId.FIRST, new TimelineId(2));
            assertThat(archive.history(new TimelineId(3))).isEmpty();
        }
    }

    @Test
    void stagesWhatAServerWillAskFor() throws Exception {
        TreeSet<String> names = new TreeSet<>(written.keySet());
        try (WalArchive archive = open(directory)) {
            archive.stage(names, elsewhere);
        }
        for (String name : names) {
            assertThat(Files.readAllBytes(elsewhere.resolve(name))).isEqualTo(written(name));
        }
    }

    @Test
    void scansToItsEndWithoutAProblem() throws Exception {
        List<String> problems = new ArrayList<>();
        long read;
        try (WalArchive archive = open(directory)) {
            read = ArchiveScan.scan(archive, new ArchiveScan.Observer() {
                @Override
                public boolean record(dev.pitrproof.wal.WalRecord record) {
                    return true;
                }

                @Override
                public void problem(String message) {
                    problems.add(message);
                }
            });
        }
        assertThat(problems).isEmpty();
        assertThat(read).isGreaterThan(1000);
    }

    @Test
    void saysWhetherACopyIsEnough() throws Exception {
        try (WalArchive archive = open(directory)) {
            assertThat(archive.holdsPlain(written.keySet())).isEqualTo(isPlain());
        }
    }

    /** Whether all of it lies there under the names that PostgreSQL asks for. */
    abstract boolean isPlain();
}
