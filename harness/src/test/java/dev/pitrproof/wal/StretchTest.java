package dev.pitrproof.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A stretch is read faster than a log from end to end, page by page in place, and must say the same of it. */
class StretchTest {

    private static final Lsn START = new Lsn(0x100_0000);

    private final List<WalRecord> read = new ArrayList<>();

    private static SyntheticWal wal() {
        return new SyntheticWal(WalVersion.POSTGRESQL_17, TimelineId.FIRST, START);
    }

    private static WalReader reader(SyntheticWal wal) {
        return new WalReader(wal.segments(), TimelineHistory.of(TimelineId.FIRST), SyntheticWal.SEGMENT_SIZE);
    }

    @Test
    void aRecordThatCannotBeDecodedEndsItWhereItStarts() throws Exception {
        SyntheticWal wal = wal();
        // all on one page; a commit has eight bytes, the fourth record three more
        wal.filler(100)
                .commit(1)
                .filler(40)
                .record(1, 0x00, 2, SyntheticWal.buffer(11))
                .commit(3);

        WalReader reader = reader(wal);
        WalStretch stretch = reader.readStretch(START, wal.position(), read::add);

        Lsn bad = wal.starts().get(3);
        assertThat(stretch.end()).isInstanceOfSatisfying(WalEnd.Invalid.class, end -> {
            assertThat(end.validThrough()).isEqualTo(bad);
            assertThat(end.at()).isEqualTo(bad);
            assertThat(end.found()).isEqualTo("3 more bytes");
        });
        assertThat(stretch.end()).isEqualTo(reader(wal).read(START, record -> true));
        assertThat(stretch.lastStart()).isEqualTo(Optional.of(wal.starts().get(2)));
        assertThat(reader.recordsRead()).isEqualTo(3);
        assertThat(read)
                .extracting(WalRecord::start)
                .containsExactlyElementsOf(wal.starts().subList(0, 2));
    }

    @Test
    void theVisitorCanEndItInTheMiddleOfAPage() throws Exception {
        SyntheticWal wal = wal();
        wal.filler(100).commit(1).filler(40).commit(2).commit(3);

        WalReader reader = reader(wal);
        WalStretch stretch = reader.readStretch(START, wal.position(), record -> record.xid() != 2);

        assertThat(stretch.end()).isEqualTo(new WalEnd.Stopped(wal.starts().get(4)));
        assertThat(stretch.lastStart()).isEqualTo(Optional.of(wal.starts().get(3)));
        assertThat(reader.recordsRead()).isEqualTo(4);

        WalStretch rest = reader.resume(wal.starts().get(4), wal.starts().get(3), wal.position(), read::add);
        assertThat(rest.end()).isEqualTo(new WalEnd.Stopped(wal.position()));
        assertThat(read).extracting(WalRecord::xid).containsExactly(3);
    }

    @Test
    void commitsSideBySideAndOverPagesAreAllVisited() throws Exception {
        SyntheticWal wal = wal();
        for (int xid = 1; xid <= 1000; xid++) {
            wal.commit(xid).commit(10_000 + xid).filler(30 + 7 * (xid % 40));
        }

        reader(wal).readStretch(START, wal.position(), read::add);

        assertThat(read).extracting(WalRecord::xid).hasSize(2000).doesNotHaveDuplicates();
        List<WalRecord> all = new ArrayList<>();
        reader(wal).read(START, all::add);
        all.removeIf(record -> record.entry() instanceof WalEntry.Other);
        assertThat(read).isEqualTo(all);
    }
}
