package dev.pitrproof.prose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.SampleChanges;
import dev.pitrproof.evidence.Samples;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What became of a drill, in words. */
class ProseTest {

    @Test
    void aServerThatWasStartedAnewTellsByItsHistoryFileHowFarItCame() throws IOException {
        Evidence proven = Samples.read("dropped-table-1");

        assertThat(Prose.reached(proven)).isEqualTo("exactly there");
        assertThat(Prose.reached(SampleChanges.startedAnew(proven, "0/1000000")))
                .isEqualTo("stopped too early");
        assertThat(Prose.reached(SampleChanges.startedAnew(proven, "0/7000000")))
                .isEqualTo("stopped too late");
    }
}
