package dev.pitrproof.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.RecordedWal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an audit says of how far it is. */
@ExtendWith(RecordedWal.Resolver.class)
class ReadProgressTest {

    @Test
    void whoWaitsIsToldHowMuchHasBeenRead(RecordedWal wal) throws IOException {
        List<Long> read = Collections.synchronizedList(new ArrayList<>());
        List<Long> of = Collections.synchronizedList(new ArrayList<>());

        ArchiveAudit audit = ArchiveAudit.of(new DirectoryStore(wal.archive()), (bytes, all) -> {
            read.add(bytes);
            of.add(all);
        });

        long bytes = (long) audit.segments() * audit.segmentSize();
        assertThat(of).isNotEmpty().containsOnly(bytes);
        assertThat(Collections.max(read)).isEqualTo(bytes);
    }
}
