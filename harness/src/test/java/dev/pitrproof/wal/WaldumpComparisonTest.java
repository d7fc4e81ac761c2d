package dev.pitrproof.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.wal.WalEntry.TransactionEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The decoder against PostgreSQL's own, pg_waldump, on WAL that a real server wrote. */
@ExtendWith(RecordedWal.Resolver.class)
class WaldumpComparisonTest {

    private static final Pattern RECORD = Pattern.compile(
            "rmgr: (\\S+) +len \\(rec/tot\\): +\\d+/ *(\\d+), tx: +(\\d+), lsn: (\\S+), prev (\\S+), desc: (.*)");
    private static final Pattern END = Pattern.compile("((?:COMMIT|ABORT)(?:_PREPARED)?) (?:(\\d+): )?"
            + "(\\d+-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d+) UTC(.*)");
    private static final List<String> RESOURCE_MANAGERS = List.of(
            ("XLOG Transaction Storage CLOG Database Tablespace MultiXact RelMap Standby Heap2 Heap Btree Hash Gin Gist"
                            + " Sequence SPGist BRIN CommitTs ReplicationOrigin Generic LogicalMessage")
                    .split(" "));

    private static Matcher parse(String line) {
        Matcher matcher = RECORD.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        return matcher;
    }

    private static String row(Object... values) {
        return String.join(" ", List.of(values).stream().map(Object::toString).toList());
    }

    static Lsn start(String line) {
        return Lsn.parse(parse(line).group(4));
    }

    static String dumpedRecord(String line) {
        Matcher record = parse(line);
        return row(
                Lsn.parse(record.group(4)),
                record.group(3),
                record.group(2),
                Lsn.parse(record.group(5)),
                record.group(1));
    }

    static String readRecord(WalRecord record) {
        return row(
                record.start(),
                Integer.toUnsignedString(record.xid()),
                record.totalLength(),
                record.previous(),
                RESOURCE_MANAGERS.get(record.rmid()));
    }

    private static List<WalRecord> read(Path archive, TimelineId timeline, Lsn from) throws IOException {
        List<WalRecord> records = new ArrayList<>();
        try (DirectoryArchive opened = DirectoryArchive.open(archive)) {
            WalReader reader = new WalReader(opened, opened.history(timeline).orElseThrow(), opened.segmentSize());
            WalEnd end = reader.read(from, records::add);
            assertThat(end).as(end.message()).isInstanceOf(WalEnd.SegmentMissing.class);
        }
        return records;
    }

    private static List<String> segments(Path archive, TimelineId timeline) throws IOException {
        try (DirectoryArchive opened = DirectoryArchive.open(archive)) {
            return opened.segments().stream()
                    .filter(segment -> segment.timeline().equals(timeline))
                    .map(SegmentName::fileName)
                    .toList();
        }
    }

    private static List<String> dump(Path archive, TimelineId timeline, String... options)
            throws IOException, InterruptedException {
        List<String> segments = segments(archive, timeline);
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add(segments.get(0));
        arguments.add(segments.get(segments.size() - 1));
        return LocalPostgres.waldump(archive, arguments.toArray(String[]::new))
                .lines()
                .toList();
    }

    private static Lsn firstPosition(Path archive, TimelineId timeline) throws IOException {
        return SegmentName.parse(segments(archive, timeline).get(0), 1 << 20).start();
    }

    @Test
    void readsEveryRecordThatWaldumpPrints(RecordedWal wal) throws Exception {
        List<WalRecord> read = read(wal.archive(), TimelineId.FIRST, firstPosition(wal.archive(), TimelineId.FIRST));

        List<String> dumped = dump(wal.archive(), TimelineId.FIRST).stream()
                .map(WaldumpComparisonTest::dumpedRecord)
                .toList();
        assertThat(read).hasSizeGreaterThan(10_000);
        assertThat(read.stream().map(WaldumpComparisonTest::readRecord)).containsExactlyElementsOf(dumped);
    }

    @Test
    void listsTheTransactionEndsThatWaldumpPrints(RecordedWal wal) throws Exception {
        List<String> read =
                read(wal.archive(), TimelineId.FIRST, firstPosition(wal.archive(), TimelineId.FIRST)).stream()
                        .filter(record -> record.entry() instanceof TransactionEnd)
                        .map(WaldumpComparisonTest::readEnd)
                        .toList();

        List<String> dumped = dump(wal.archive(), TimelineId.FIRST, "--rmgr=Transaction").stream()
                .flatMap(WaldumpComparisonTest::dumpedEnd)
                .toList();
        assertThat(read).containsExactlyElementsOf(dumped);
        assertThat(read).as("the recording has every kind of end").anyMatch(end -> end.contains(" COMMIT_PREPARED "));
        assertThat(read).anyMatch(end -> end.contains(" ABORT_PREPARED ")).anyMatch(end -> end.contains(" ABORT "));
        assertThat(read).anyMatch(end -> end.matches(".*subxacts:( \\d+){80}.*"));
    }

    private static String readEnd(WalRecord record) {
        TransactionEnd end = (TransactionEnd) record.entry();
        return row(
                record.start(),
                end.kind(),
                Integer.toUnsignedString(end.xid()),
                end.time(),
                "rels:" + joined(end.removedFiles().stream().map(WaldumpComparisonTest::path)),
                "subxacts:" + joined(end.subxids().stream().map(Integer::toUnsignedString)),
                "dropped:" + joined(end.droppedRelations().stream().map(Integer::toUnsignedString)));
    }

    private static String joined(Stream<String> words) {
        return words.map(word -> " " + word).collect(Collectors.joining());
    }

    private static String path(WalEntry.RelationFile file) {
        assertThat(file.tablespace())
                .as("the recording uses the default tablespace only")
                .isEqualTo(1663);
        return "base/" + file.database() + "/" + file.relfilenumber();
    }

    /** pg_waldump names a prepared transaction by its xid before the time; the header's xid is 0. */
    private static Stream<String> dumpedEnd(String line) {
        Matcher record = parse(line);
        Matcher end = END.matcher(record.group(6));
        if (!end.matches()) {
            assertThat(record.group(6)).matches("(PREPARE|ASSIGNMENT|INVALIDATION) .*");
            return Stream.of();
        }
        String xid = end.group(2) != null ? end.group(2) : record.group(3);
        String details = end.group(4);
        String dropped = details(details, "dropped stats").stream()
                .filter(item -> item.startsWith("2/"))
                .map(item -> " " + item.substring(item.lastIndexOf('/') + 1))
                .collect(Collectors.joining());
        return Stream.of(row(
                Lsn.parse(record.group(4)),
                end.group(1),
                xid,
                LocalDateTime.parse(end.group(3).replace(' ', 'T')).toInstant(ZoneOffset.UTC),
                "rels:" + joined(details(details, "rels").stream()),
                "subxacts:" + joined(details(details, "subxacts").stream()),
                "dropped:" + dropped));
    }

    private static List<String> details(String text, String name) {
        Matcher matcher = Pattern.compile("; " + name + ": ([^;]*)").matcher(text);
        return matcher.find() ? List.of(matcher.group(1).strip().split(" +")) : List.of();
    }

    @Test
    void readsThePathFromTimeline1To2(RecordedWal wal) throws Exception {
        TimelineId second = new TimelineId(2);
        Lsn from = firstPosition(wal.archive(), TimelineId.FIRST);
        List<WalRecord> read = read(wal.archive(), second, from);

        Lsn switchpoint = history(wal.archive(), second).ancestry().get(0).switchpoint();
        Stream<String> before = dump(wal.archive(), TimelineId.FIRST).stream()
                .filter(line -> Lsn.parse(parse(line).group(4)).isBefore(switchpoint));
        Stream<String> behind = dump(wal.archive(), second).stream()
                .filter(line -> !Lsn.parse(parse(line).group(4)).isBefore(switchpoint));
        assertThat(read.stream().map(WaldumpComparisonTest::readRecord))
                .containsExactlyElementsOf(Stream.concat(before, behind)
                        .map(WaldumpComparisonTest::dumpedRecord)
                        .toList());
        assertThat(read).allSatisfy(record -> assertThat(record.timeline())
                .isEqualTo(record.start().isBefore(switchpoint) ? TimelineId.FIRST : second));
        assertThat(read.stream().map(WalRecord::entry))
                .anyMatch(entry -> entry instanceof WalEntry.RestorePoint point
                        && point.name().equals("fork"))
                .anyMatch(entry -> entry instanceof WalEntry.Checkpoint checkpoint
                        && checkpoint.timeline().equals(second)
                        && checkpoint.previousTimeline().equals(TimelineId.FIRST));
    }

    private static TimelineHistory history(Path archive, TimelineId timeline) throws IOException {
        try (DirectoryArchive opened = DirectoryArchive.open(archive)) {
            return opened.history(timeline).orElseThrow();
        }
    }

    @Test
    void understandsTheRecordsThatRecoveryHangsOn(RecordedWal wal) throws Exception {
        List<WalEntry> entries =
                read(wal.archive(), TimelineId.FIRST, firstPosition(wal.archive(), TimelineId.FIRST)).stream()
                        .map(WalRecord::entry)
                        .toList();

        assertThat(entries)
                .filteredOn(WalEntry.Prepare.class::isInstance)
                .extracting(entry -> ((WalEntry.Prepare) entry).gid())
                .containsExactly("it's \"two\" phases", "given up", "from elsewhere");
        assertThat(entries)
                .filteredOn(entry -> entry instanceof TransactionEnd end && end.gid() != null)
                .extracting(entry -> ((TransactionEnd) entry).gid())
                .containsExactly("it's \"two\" phases", "given up", "from elsewhere");
        assertThat(entries).hasAtLeastOneElementOfType(WalEntry.BackupEnd.class);
        assertThat(entries).hasAtLeastOneElementOfType(WalEntry.SegmentSwitch.class);
        assertThat(entries).anySatisfy(entry -> assertThat(entry)
                .isInstanceOfSatisfying(WalEntry.ParameterChange.class, change -> {
                    assertThat(change.maxPreparedTransactions()).isEqualTo(5);
                    assertThat(change.maxLocksPerTransaction()).isEqualTo(512);
                    assertThat(change.walLevel()).isEqualTo(2);
                }));
        assertThat(entries)
                .as("a dropped table's OID, and the file it had")
                .anyMatch(entry -> entry instanceof TransactionEnd end
                        && end.droppedRelations().size() == 2
                        && end.removedFiles().size() == 2);
    }

    @Test
    void beginsWithTheFirstRecordBehindAnyPosition(RecordedWal wal) throws Exception {
        List<WalRecord> all = read(wal.archive(), TimelineId.FIRST, firstPosition(wal.archive(), TimelineId.FIRST));
        try (DirectoryArchive archive = DirectoryArchive.open(wal.archive())) {
            WalReader reader = new WalReader(archive, TimelineHistory.of(TimelineId.FIRST), archive.segmentSize());
            for (int i = 1; i < all.size(); i += 37) {
                for (Lsn from : List.of(
                        all.get(i).start(),
                        all.get(i - 1).end(),
                        all.get(i - 1).start().plus(1))) {
                    List<Lsn> found = new ArrayList<>();
                    reader.read(from, record -> {
                        found.add(record.start());
                        return false;
                    });
                    assertThat(found)
                            .as("from " + from)
                            .containsExactly(all.get(i).start());
                }
            }
        }
    }
}
