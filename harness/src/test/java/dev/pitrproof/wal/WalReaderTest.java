package dev.pitrproof.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.WalEntry.Kind;
import dev.pitrproof.wal.WalEntry.TransactionEnd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layouts that need to be made by hand. */
class WalReaderTest {

    private static final Lsn START = new Lsn(0x0500_0000L);

    private final List<WalRecord> read = new ArrayList<>();

    private static SyntheticWal wal() {
        return new SyntheticWal(WalVersion.POSTGRESQL_17, TimelineId.FIRST, START);
    }

    private WalEnd read(SyntheticWal wal, Lsn from) throws IOException {
        read.clear();
        return new WalReader(wal.segments(), TimelineHistory.of(TimelineId.FIRST), SyntheticWal.SEGMENT_SIZE)
                .read(from, read::add);
    }

    private List<Lsn> starts() {
        return read.stream().map(WalRecord::start).toList();
    }

    @Test
    void aRecordThatEndsWithItsPageIsFollowedBehindTheNextHeader() throws Exception {
        SyntheticWal wal = wal();
        wal.filler(wal.freeOnPage()).filler(100);

        read(wal, START);

        assertThat(starts()).containsExactlyElementsOf(wal.starts());
        assertThat(read.get(0).end()).isEqualTo(START.plus(8192));
        assertThat(read.get(1).start()).isEqualTo(START.plus(8192 + 24));
        read(wal, read.get(0).end());
        assertThat(starts())
                .as("from the end of the first")
                .containsExactly(wal.starts().get(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 24, 32})
    void aHeaderMaySplitOverPages(int onFirstPage) throws Exception {
        SyntheticWal wal = wal();
        wal.filler(wal.freeOnPage() - onFirstPage).commit(42).filler(100);

        WalEnd end = read(wal, START);

        assertThat(starts()).containsExactlyElementsOf(wal.starts());
        assertThat(read.get(1).xid()).isEqualTo(42);
        assertThat(end.validThrough()).isEqualTo(wal.position());
    }

    @Test
    void aRecordMayRunOverSegments() throws Exception {
        SyntheticWal wal = wal();
        wal.filler(3_000_000).commit(1);

        read(wal, START);

        assertThat(starts()).containsExactlyElementsOf(wal.starts());
        read(wal, START.plus(SyntheticWal.SEGMENT_SIZE));
        assertThat(starts())
                .as("from the middle of the long one")
                .containsExactly(wal.starts().get(1));
    }

    @Test
    void numbersAreUnsigned() throws Exception {
        Lsn high = new Lsn(0xFFFF_FFF0_0000_0000L);
        SyntheticWal wal = new SyntheticWal(WalVersion.POSTGRESQL_17, new TimelineId(0x8000_0001), high);
        wal.commit(0xFFFF_FFFE).filler(20_000).commit(0x8000_0000);

        List<WalRecord> records = new ArrayList<>();
        new WalReader(wal.segments(), TimelineHistory.of(new TimelineId(0x8000_0001)), SyntheticWal.SEGMENT_SIZE)
                .read(high, records::add);

        assertThat(records).extracting(WalRecord::start).containsExactlyElementsOf(wal.starts());
        assertThat(records.get(0).entry())
                .isInstanceOfSatisfying(TransactionEnd.class, end -> assertThat(Integer.toUnsignedLong(end.xid()))
                        .isEqualTo(4_294_967_294L));
    }

    @Test
    void anEpochBelongsToTheNextXidOfACheckpoint() throws Exception {
        ByteBuffer checkpoint = SyntheticWal.buffer(88);
        checkpoint
                .putLong(0, START.value())
                .putInt(8, 1)
                .putInt(12, 1)
                .putInt(20, 2)
                .putLong(24, 0x3_8000_0001L);
        checkpoint.putInt(44, 726).putLong(64, 1_800_000_000L).putInt(80, 99);
        SyntheticWal wal = wal().record(0, 0x10, 0, checkpoint);

        read(wal, START);

        assertThat(read.get(0).entry())
                .isEqualTo(new WalEntry.Checkpoint(
                        false,
                        START,
                        TimelineId.FIRST,
                        TimelineId.FIRST,
                        0x3_8000_0001L,
                        Instant.ofEpochSecond(1_800_000_000L),
                        726,
                        99,
                        OptionalInt.of(2)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x3FFFFFFF, 0x7FFFFFFF, -1, 0x20000000})
    void aGarbageLengthIsFoundBeforeItCostsMemory(int length) throws Exception {
        SyntheticWal wal = wal().commit(1).commit(2).filler(9000);
        Lsn damaged = wal.starts().get(1);
        segment(wal).putInt((int) damaged.minus(START), length);

        WalEnd end = read(wal, START);

        assertThat(end).isInstanceOfSatisfying(WalEnd.Invalid.class, invalid -> {
            assertThat(invalid.at()).isEqualTo(damaged);
            assertThat(invalid.plausibleEnd()).isFalse();
        });
        assertThat(end.validThrough()).isEqualTo(damaged);
    }

    @Test
    void aRecordLostInACrashIsPassedOver() throws Exception {
        SyntheticWal wal = wal();
        wal.filler(wal.freeOnPage() - 64).abandoned(500).commit(3);

        read(wal, START);

        assertThat(starts()).containsExactlyElementsOf(wal.starts());
        assertThat(read).extracting(WalRecord::rmid).containsExactly(10, 0, 1);
    }

    @Test
    void aPageThatOverwritesARecordMustSaySoInItsFirstRecord() throws Exception {
        SyntheticWal wal = wal();
        wal.filler(wal.freeOnPage() - 64).filler(500).commit(3);
        segment(wal).putShort(8192 + 2, (short) 0x8);

        WalEnd end = read(wal, START);

        assertThat(end).isInstanceOf(WalEnd.Invalid.class);
        assertThat(starts()).containsExactly(wal.starts().get(0));
    }

    @Test
    void zerosBehindTheLastRecordAreAPlausibleEnd() throws Exception {
        SyntheticWal wal = wal().commit(1);

        WalEnd end = read(wal, START);

        assertThat(end)
                .isEqualTo(new WalEnd.Invalid(
                        wal.position(),
                        wal.segments().first(),
                        wal.position(),
                        "a record length of at least 24",
                        "length 0",
                        true));
        assertThat(end.message())
                .isEqualTo("invalid WAL at 0/5000050 in segment 000000010000000000000050:"
                        + " expected a record length of at least 24, found length 0");
    }

    @Test
    void zerosBeforeMoreWalAreDamage() throws Exception {
        SyntheticWal wal = wal().filler(9000).commit(1);
        ByteBuffer segment = segment(wal);
        for (int i = 40; i < 8192; i++) {
            segment.put(i, (byte) 0);
        }

        assertThat(read(wal, START)).isInstanceOfSatisfying(WalEnd.Invalid.class, end -> assertThat(end.plausibleEnd())
                .isFalse());
    }

    @Test
    void anotherClusterIsRefusedFromTheFirstSegmentOnIfOneIsExpected() throws Exception {
        SyntheticWal wal = wal().commit(1);

        WalEnd end = new WalReader(wal.segments(), TimelineHistory.of(TimelineId.FIRST), SyntheticWal.SEGMENT_SIZE)
                .expecting(77)
                .read(START, read::add);

        assertThat(end)
                .isEqualTo(new WalEnd.ForeignSystem(START, wal.segments().first(), 77, SyntheticWal.SYSTEM_IDENTIFIER));
        assertThat(end.message()).contains("expected system identifier 77, found 17293822569408124536");
        assertThat(read).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(WalVersion.class)
    void everyVersionsCommitOfAPreparedTransactionIsUnderstood(WalVersion version) throws Exception {
        int items = version.major() >= 15 ? 2 : 0;
        int itemBytes = version.major() >= 18 ? 16 : 12;
        byte[] gid = "a gid\0".getBytes(StandardCharsets.UTF_8);
        int flags = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x80 | 0x20 | (items > 0 ? 0x100 : 0);
        ByteBuffer data = SyntheticWal.buffer(400);
        data.putLong(-1_500_000L).putInt(flags).putInt(5).putInt(1663);
        data.putInt(2).putInt(11).putInt(-12);
        data.putInt(1).putInt(1663).putInt(5).putInt(16384);
        if (items > 0) {
            data.putInt(items).putInt(2).putInt(5).putInt(16390).position(data.position() + itemBytes - 12);
            data.putInt(1).putInt(5).putInt(0).position(data.position() + itemBytes - 12);
        }
        data.putInt(1).position(data.position() + 16);
        data.putInt(-10).put(gid).putLong(0x123).putLong(0x456).flip();
        SyntheticWal wal = new SyntheticWal(version, TimelineId.FIRST, START).record(1, 0xB0, 0, data);

        read(wal, START);

        assertThat(read.get(0).xid()).isZero();
        assertThat(read.get(0).entry())
                .isEqualTo(new TransactionEnd(
                        Kind.COMMIT_PREPARED,
                        -10,
                        Instant.parse("1999-12-31T23:59:58.500Z"),
                        List.of(11, -12),
                        List.of(new WalEntry.RelationFile(1663, 5, 16384)),
                        items > 0 ? List.of(16390) : List.of(),
                        "a gid",
                        5,
                        items > 0
                                ? List.of(
                                        new WalEntry.StatisticsItem(2, 5, 16390), new WalEntry.StatisticsItem(1, 5, 0))
                                : List.of(),
                        new WalEntry.Origin(0, new Lsn(0x123), Instant.parse("2000-01-01T00:00:00.001110Z"))));
    }

    @Test
    void aCountThatIsGarbageIsInvalidAndCostsNoMemory() throws Exception {
        ByteBuffer data = SyntheticWal.buffer(16).putInt(8, 0x2).putInt(12, Integer.MAX_VALUE);
        SyntheticWal wal = wal().commit(1).record(1, 0x80, 5, data);

        WalEnd end = read(wal, START);

        assertThat(end).isInstanceOfSatisfying(WalEnd.Invalid.class, invalid -> assertThat(invalid.at())
                .isEqualTo(wal.starts().get(1)));
    }

    @Test
    void aSwitchEndsItsSegment() throws Exception {
        SyntheticWal wal = wal().commit(1).record(0, 0x40, 0, SyntheticWal.buffer(0));

        WalEnd end = read(wal, START);

        assertThat(read.get(1).end()).isEqualTo(START.plus(SyntheticWal.SEGMENT_SIZE));
        assertThat(end)
                .isEqualTo(new WalEnd.SegmentMissing(
                        START.plus(SyntheticWal.SEGMENT_SIZE),
                        wal.segments().first().next()));
    }

    @Test
    void aRecordOfAnExtensionsOwnResourceManagerIsWalkedOverSince15() throws Exception {
        for (WalVersion version : WalVersion.values()) {
            SyntheticWal wal = new SyntheticWal(version, TimelineId.FIRST, START)
                    .commit(1)
                    .record(200, 0x30, 2, SyntheticWal.buffer(10_000))
                    .commit(3);

            WalEnd end = read(wal, START);

            assertThat(starts()).containsExactlyElementsOf(wal.starts().subList(0, version.major() >= 15 ? 3 : 1));
            if (version.major() < 15) {
                assertThat(end.message())
                        .contains("a resource manager of PostgreSQL " + version.major(), "found resource manager 200");
            }
        }
    }

    @Test
    void aMagicOfNoKnownVersionIsRefusedWithTheKnownOnes() throws Exception {
        SyntheticWal wal = wal().commit(1);
        segment(wal).putShort(0, (short) 0xD11C);

        assertThat(read(wal, START).message())
                .contains("expected a page magic of PostgreSQL 13 to 18 (D106, D10D, D110, D113, D116, D118)")
                .endsWith("found page magic D11C");
    }

    @Test
    void whatReplacesARecordMustNameTheOneThatIsIncomplete() throws Exception {
        SyntheticWal wal = wal();
        wal.filler(wal.freeOnPage() - 64).abandoned(500, -8).commit(3);

        assertThat(read(wal, START).message())
                .contains("a record that replaces the incomplete one at 0/5001FC0")
                .endsWith("found one that replaces that at 0/5001FB8");
    }

    @Test
    void nothingIsReplacedInTheMiddleOfAPage() throws Exception {
        SyntheticWal wal = wal().commit(1).record(0, 0xD0, 0, SyntheticWal.buffer(16));

        assertThat(read(wal, START).message()).contains("expected no record that replaces an incomplete one here");
    }

    @Test
    void aPageThatNoRecordGoesOnInHasNoRemainingLength() throws Exception {
        SyntheticWal wal = wal();
        wal.filler(wal.freeOnPage()).filler(100);
        segment(wal).putInt(8192 + 16, 8);

        assertThat(read(wal, START)).isInstanceOfSatisfying(WalEnd.Invalid.class, end -> assertThat(end.found())
                .isEqualTo("8"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, 64, 1024})
    void segmentsMayHaveAnySizeFrom1MbTo1Gb(int megabytes) throws Exception {
        int size = megabytes << 20;
        // the last two pages of a segment and the first of the next
        Lsn begin = new Lsn(3L * size - 2 * 8192);
        SyntheticWal wal = new SyntheticWal(WalVersion.POSTGRESQL_18, TimelineId.FIRST, begin, size);
        wal.filler(5000).filler(20_000).commit(7).record(0, 0x40, 0, SyntheticWal.buffer(0));

        read.clear();
        WalEnd end = new WalReader(wal.source(), TimelineHistory.of(TimelineId.FIRST), size).read(begin, read::add);

        assertThat(starts()).containsExactlyElementsOf(wal.starts());
        assertThat(read.get(1).end()).isEqualTo(read.get(2).start());
        assertThat(end)
                .isEqualTo(new WalEnd.SegmentMissing(new Lsn(4L * size), new SegmentName(TimelineId.FIRST, 4, size)));
    }

    private static ByteBuffer segment(SyntheticWal wal) {
        return ByteBuffer.wrap(wal.segments().get(wal.segments().first())).order(ByteOrder.LITTLE_ENDIAN);
    }
}
