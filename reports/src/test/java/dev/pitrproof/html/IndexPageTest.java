package dev.pitrproof.html;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IndexPageTest {

    private static final Path PAGES = Path.of("target", "pages");

    @Test
    void demonstrationEndsAsExpected() throws IOException {
        String page = render("demo", "dropped-table-1", "dropped-table-2");

        assertThat(page)
                .contains("2 of 2 drills ended as expected.")
                .contains("1 PROVEN, 1 REFUTED")
                .contains("before the accident at 14:00")
                .contains("14:01 is too late");
    }

    @Test
    void allKindsOfEnds() throws IOException {
        String page =
                render("all", "dropped-table-1", "dropped-table-2", "missing-wal-1", "environment", "stopped-late");

        assertThat(page).contains("3 of 5 drills ended as expected; 2 did not.");
    }

    private static String render(String name, String... samples) throws IOException {
        Path output = PAGES.resolve(name);
        List<EvidenceOnDisk> drills = new ArrayList<>();
        for (String sample : samples) {
            EvidenceOnDisk drill = new EvidenceOnDisk(Samples.read(sample), sample);
            Path directory = Files.createDirectories(output.resolve(sample));
            EvidenceFile.write(directory.resolve(EvidenceFile.NAME), drill.evidence());
            drills.add(drill);
        }
        IndexPage.write(output, drills);
        return Files.readString(output.resolve("index.html"));
    }
}
