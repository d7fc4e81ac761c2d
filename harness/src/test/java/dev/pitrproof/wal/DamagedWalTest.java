package dev.pitrproof.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One defect at a time in WAL that a real server wrote. */
@ExtendWith(RecordedWal.Resolver.class)
class DamagedWalTest {

    private static final int SEGMENT_SIZE = 1 << 20;
    private static final int PAGE = 8192;

    private SegmentsInMemory segments;
    private List<WalRecord> healthy;

    @BeforeEach
    void readHealthyWal(RecordedWal wal) throws IOException {
        segments = SegmentsInMemory.of(wal.archive(), SEGMENT_SIZE);
        healthy = new ArrayList<>();
        assertThat(read(segments.first().start(), healthy)).isInstanceOf(WalEnd.SegmentMissing.class);
    }

    private WalEnd read(Lsn from, List<WalRecord> records) throws IOException {
        return new WalReader(segments, TimelineHistory.of(TimelineId.FIRST), SEGMENT_SIZE).read(from, records::add);
    }

    private static long page(Lsn position) {
        return position.value() / PAGE;
    }

    private int indexOf(Predicate<WalRecord> wanted) {
        for (int i = 10; i < healthy.size(); i++) {
            if (wanted.test(healthy.get(i))) {
                return i;
            }
        }
        throw new AssertionError("no such record was recorded");
    }

    private WalEnd.Invalid invalid(WalRecord first) throws IOException {
        List<WalRecord> records = new ArrayList<>();
        WalEnd end = read(first.start(), records);
        assertThat(end).as(end.message()).isInstanceOf(WalEnd.Invalid.class);
        return (WalEnd.Invalid) end;
    }

    @Test
    void anyFlippedByteOfARecordIsFoundAtThatRecord() throws Exception {
        int index = indexOf(record -> record.entry() instanceof WalEntry.TransactionEnd
                && record.totalLength() > 100
                && page(record.start()) == page(record.end()));
        assertEveryFlipIsFound(index);
    }

    @Test
    void anyFlippedByteOfARecordThatRunsOverPagesIsFoundAtThatRecord() throws Exception {
        int index = indexOf(record -> record.totalLength() > 100
                && record.totalLength() < 1500
                && page(record.start()) < page(record.end().plus(-1)));
        assertEveryFlipIsFound(index);
    }

    private void assertEveryFlipIsFound(int index) throws IOException {
        WalRecord before = healthy.get(index - 1);
        WalRecord damaged = healthy.get(index);
        int left = damaged.totalLength();
        for (Lsn at = damaged.start(); left > 0; at = at.plus(1)) {
            if (at.value() % PAGE == 0) {
                at = at.plus(at.value() % SEGMENT_SIZE == 0 ? 40 : 24);
            }
            segments.flip(TimelineId.FIRST, at, SEGMENT_SIZE);
            WalEnd.Invalid end = invalid(before);
            assertThat(end.at()).as("flipped at %s: %s", at, end.message()).isEqualTo(damaged.start());
            assertThat(end.validThrough()).isEqualTo(before.end());
            assertThat(end.plausibleEnd()).isFalse();
            segments.flip(TimelineId.FIRST, at, SEGMENT_SIZE);
            left--;
        }
    }

    @Test
    void anyFlippedByteOfAPageHeaderIsFoundThere() throws Exception {
        WalRecord damaged = healthy.get(
                indexOf(record -> page(record.start()) < page(record.end().plus(-1))
                        && record.totalLength() > 100
                        && record.end().value() % SEGMENT_SIZE > PAGE));
        long headerStart = (damaged.start().value() / PAGE + 1) * PAGE;
        for (int i = 0; i < 20; i++) {
            Lsn at = new Lsn(headerStart + i);
            segments.flip(TimelineId.FIRST, at, SEGMENT_SIZE);
            WalEnd.Invalid end = invalid(damaged);
            assertThat(end.at()).as("byte %s: %s", i, end.message()).isIn(new Lsn(headerStart), damaged.start());
            assertThat(end.plausibleEnd()).isFalse();
            segments.flip(TimelineId.FIRST, at, SEGMENT_SIZE);
        }
    }

    @Test
    void aZeroedPageIsDamageAndNoEndOfWal() throws Exception {
        WalRecord somewhere = healthy.get(healthy.size() / 2);
        SegmentName segment = SegmentName.holding(TimelineId.FIRST, somewhere.start(), SEGMENT_SIZE);
        byte[] content = segments.get(segment);
        Arrays.fill(content, 5 * PAGE, 6 * PAGE, (byte) 0);

        WalEnd.Invalid end = invalid(healthy.get(0));

        assertThat(end.segment()).isEqualTo(segment);
        assertThat(end.at()).isEqualTo(segment.start().plus(5 * PAGE));
        assertThat(end.expected()).isEqualTo("page magic D110 of PostgreSQL 15");
        assertThat(end.found()).isEqualTo("page magic 0000");
        assertThat(end.plausibleEnd()).isFalse();
    }

    @Test
    void aForeignSystemsSegmentIsNamed() throws Exception {
        SegmentName segment = segments.first().next().next();
        ByteBuffer header = ByteBuffer.wrap(segments.get(segment)).order(ByteOrder.LITTLE_ENDIAN);
        long own = header.getLong(24);
        header.putLong(24, own + 1);

        WalEnd end = read(segments.first().start(), new ArrayList<>());

        assertThat(end).isInstanceOfSatisfying(WalEnd.ForeignSystem.class, foreign -> {
            assertThat(foreign.segment()).isEqualTo(segment);
            assertThat(foreign.expectedSystemIdentifier()).isEqualTo(own);
            assertThat(foreign.found()).isEqualTo(own + 1);
            assertThat(foreign.validThrough().isAfter(segment.start())).isFalse();
        });
    }

    @Test
    void aTruncatedSegmentEndsTheWalWhereTheFileEnds() throws Exception {
        SegmentName segment = segments.first().next().next();
        segments.put(segment, Arrays.copyOf(segments.get(segment), 100_000));

        WalEnd.Invalid end = invalid(healthy.get(0));

        assertThat(end.segment()).isEqualTo(segment);
        assertThat(end.expected()).isEqualTo("a file of 1048576 bytes");
        assertThat(end.found()).isEqualTo("the end of the file after 100000 bytes");
        Lsn cut = segment.start().plus(100_000);
        List<Lsn> ends = healthy.stream()
                .map(WalRecord::end)
                .filter(each -> !each.isAfter(cut))
                .toList();
        assertThat(end.validThrough()).as("all that is whole is read").isEqualTo(ends.get(ends.size() - 1));
    }

    @Test
    void aSegmentOfAnotherSizeIsFound() throws Exception {
        SegmentName segment = segments.first().next().next();
        segments.put(segment, Arrays.copyOf(segments.get(segment), SEGMENT_SIZE + 1));

        assertThat(invalid(healthy.get(0)).found()).isEqualTo("a longer file");
    }

    @Test
    void aMissingSegmentIsNamed() throws Exception {
        SegmentName segment = segments.first().next().next();
        segments.remove(segment);

        WalEnd end = read(segments.first().start(), new ArrayList<>());

        assertThat(end).isInstanceOfSatisfying(WalEnd.SegmentMissing.class, missing -> assertThat(missing.segment())
                .isEqualTo(segment));
        assertThat(end.message())
                .isEqualTo("segment " + segment + " is missing: WAL is complete through " + end.validThrough());
    }

    @Test
    void aStaleSegmentIsDamageInTheMiddleAndPlausibleAtTheEnd() throws Exception {
        SegmentName segment = segments.first().next().next();
        byte[] content = segments.get(segment);
        segments.put(segment, segments.get(segments.first()));

        WalEnd.Invalid inTheMiddle = invalid(healthy.get(0));

        assertThat(inTheMiddle.at()).isEqualTo(segment.start());
        assertThat(inTheMiddle.expected()).isEqualTo("page address " + segment.start());
        assertThat(inTheMiddle.found())
                .isEqualTo("page address " + segments.first().start());
        assertThat(inTheMiddle.plausibleEnd()).isFalse();

        segments.remove(segment.next());
        assertThat(invalid(healthy.get(0)).plausibleEnd())
                .as("recycled, and nothing behind it")
                .isTrue();
        segments.put(segment, content);
    }

    @Test
    void aSegmentOfAnotherBranchIsFound() throws Exception {
        TimelineId second = new TimelineId(2);
        List<WalRecord> none = new ArrayList<>();
        SegmentName behindTheSwitch = segments.segmentsOf(second).get(1);
        segments.put(behindTheSwitch.on(TimelineId.FIRST), segments.get(behindTheSwitch));

        WalEnd end = new WalReader(segments, TimelineHistory.of(TimelineId.FIRST), SEGMENT_SIZE)
                .read(behindTheSwitch.start(), none::add);

        assertThat(end).isInstanceOfSatisfying(WalEnd.Invalid.class, invalid -> {
            assertThat(invalid.expected()).isEqualTo("a page of timeline 1");
            assertThat(invalid.found()).isEqualTo("timeline 2");
        });
    }
}
