package dev.pitrproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceOnDiskTest {

    @Test
    void drillsOfOneRunKeepTheirNames() throws IOException {
        assertThat(names("dropped-table-1", "dropped-table-2")).containsExactly("dropped-table-1", "dropped-table-2");
    }

    @Test
    void sandboxTellsDrillsOfOneNameApart() throws IOException {
        assertThat(names("dropped-table-1", "environment", "stopped-late"))
                .containsExactly("dropped-table-1 (container)", "dropped-table-1 (no sandbox)", "hourly-1");
    }

    @Test
    void orderTellsTheRestApart() throws IOException {
        assertThat(names("stopped-late", "minimal", "stopped-late"))
                .containsExactly("hourly-1 (container, 1)", "smallest", "hourly-1 (container, 2)");
    }

    @Test
    void drillThatIsCalledLikeATwinIsToldApartToo() throws IOException {
        Evidence drill = Samples.read("stopped-late");
        List<EvidenceOnDisk> drills = List.of(
                new EvidenceOnDisk(SampleChanges.named(drill, "hourly-1 (container, 1)"), "a"),
                new EvidenceOnDisk(drill, "b"),
                new EvidenceOnDisk(drill, "c"));

        assertThat(EvidenceOnDisk.named(drills))
                .extracting(EvidenceOnDisk::name)
                .doesNotHaveDuplicates();
    }

    private static List<String> names(String... samples) throws IOException {
        List<EvidenceOnDisk> drills = new java.util.ArrayList<>();
        for (String sample : samples) {
            drills.add(new EvidenceOnDisk(Samples.read(sample), "somewhere/" + drills.size()));
        }
        return EvidenceOnDisk.named(drills).stream().map(EvidenceOnDisk::name).toList();
    }
}
