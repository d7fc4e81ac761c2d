package dev.pitrproof.html;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.SampleChanges;
import dev.pitrproof.evidence.Samples;
import dev.pitrproof.evidence.TransactionRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class IndexPageTest {

    /** Kept, so that somebody can look at them. */
    private static final Path PAGES = Path.of("target", "pages");

    private static final String HOSTILE = "<script>alert(1)</script> & \"two\" 'one' ]]> </svg></style>${x}";

    private final Path directory;

    IndexPageTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void demonstrationEndsAsExpected() throws IOException {
        String page = render(PAGES.resolve("demo"), "dropped-table-1", "dropped-table-2");

        assertThat(page)
                .contains("2 of 2 drills ended as expected.")
                .contains("1 PROVEN, 1 REFUTED")
                .contains("as expected, by DATA_DIFFERS")
                .contains("before the accident at 14:00")
                .contains("reflinks, which share its blocks")
                .contains("14:01 is too late: the accident was at 14:00");
    }

    @Test
    void aAndNAreExplainedWithXidPositionAndDistance() throws IOException {
        assertThat(render(directory, "dropped-table-1"))
                .contains(
                        "<b>A</b> is the last transaction end that PostgreSQL applied: the commit of transaction 3604 at 0/3A41E78"
                                + ", 41 ms before T.")
                .contains("<b>N</b> is the first one it must not apply: the commit of transaction 3605 at 0/3A42C40"
                        + ", 38 ms after T.");
    }

    @Test
    void endsThatWereNotExpectedAreCountedAndNamed() throws IOException {
        String page = render(
                PAGES.resolve("all"),
                "dropped-table-1",
                "dropped-table-2",
                "missing-wal-1",
                "environment",
                "stopped-late",
                "minimal");

        assertThat(page).contains("3 of 6 drills ended as expected; 3 did not.").contains("but PROVEN was expected");
    }

    @Test
    void refusedPlanShowsTheGapAndNoRestore() throws IOException {
        assertThat(render(directory, "missing-wal-1"))
                .contains("No restore took place: the target cannot be reached.")
                .contains("segment 000000010000000000000029 is missing")
                .contains("the WAL could not be read as far as the target")
                .doesNotContain("Said by the witnesses");
    }

    @Test
    void drillThatNeverBeganSaysSo() throws IOException {
        assertThat(render(directory, "environment"))
                .contains("Nothing was restored, so nothing is proved. No container engine answers")
                .contains("Next: ./pitrproof doctor")
                .doesNotContain("<figure>");
    }

    @Test
    void lateStopIsSaidAndTransactionsLeftOutAreNamed() throws IOException {
        assertThat(render(directory, "stopped-late"))
                .contains("Recovery stopped too late.")
                .contains("STOPPED_LATE")
                .contains("left out though earlier")
                .contains("3603 at 0/3A42CD0")
                .contains("not enforced");
    }

    /** What somebody who reads "everything up to T" would have expected to be there. */
    @Test
    void commitsUpToTheTargetThatAreLeftOutAreSaidAlsoWhereAllIsProven() throws IOException {
        assertThat(pageWithLeftOut(0)).doesNotContain("not back all the same", "left out though earlier");
        assertThat(pageWithLeftOut(1))
                .contains("1 commit with a time up to T is not back all the same, first transaction 5001: in the WAL"
                        + " it comes behind a transaction that ended after T, and there recovery stops.")
                .contains("5001 at 0/3A43000, 12:31:17.000001");
        assertThat(pageWithLeftOut(1012))
                .contains("1,012 commits with a time up to T are not back all the same, first transaction 5001")
                .contains("5010 at 0/3A43000")
                .doesNotContain("5011 at")
                .contains("and 1,002 more, which evidence.json lists");
    }

    private String pageWithLeftOut(int count) throws IOException {
        Evidence proven = Samples.read("dropped-table-1");
        List<TransactionRef> leftOut = LongStream.rangeClosed(1, count)
                .mapToObj(i -> new TransactionRef(
                        "commit",
                        5000 + i,
                        Instant.parse("2026-01-26T12:31:17Z").plus(i, ChronoUnit.MICROS),
                        "0/3A43000"))
                .toList();
        Evidence changed = SampleChanges.withLeftOut(proven, leftOut);
        IndexPage.write(directory, List.of(new EvidenceOnDisk(changed, "drill")));
        return Files.readString(directory.resolve("index.html"));
    }

    @Test
    void notesAreShownAsText() throws IOException {
        Evidence evidence = SampleChanges.withNotes(
                Samples.read("dropped-table-1"), List.of("subscription \"<news>\" in database shop"));

        assertThat(page(evidence)).contains("Worth knowing").contains("subscription \"&lt;news&gt;\" in database");
        assertThat(page(Samples.read("dropped-table-1"))).doesNotContain("Worth knowing");
    }

    private String page(Evidence evidence) throws IOException {
        IndexPage.write(directory, List.of(new EvidenceOnDisk(evidence, "drill")));
        return Files.readString(directory.resolve("index.html"));
    }

    @Test
    void noDrillIsNoSuccess() throws IOException {
        IndexPage.write(directory, List.of());

        assertThat(Files.readString(directory.resolve("index.html")))
                .contains("No drill was run.")
                .contains("class=\"bad\"");
    }

    @Test
    void nothingIsLoadedFromElsewhereAndNothingRuns() throws IOException {
        String page = render(directory, "dropped-table-1", "missing-wal-1");
        String style = Files.readString(directory.resolve("style.css"));

        assertThat(page.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:", "https:", "<script", "url(//");
        assertThat(style).doesNotContain("http:", "https:", "@import", "url(");
    }

    @Test
    void whateverIsInTheEvidenceIsText() throws Exception {
        Evidence hostile = hostile();
        IndexPage.write(directory, List.of(new EvidenceOnDisk(hostile, "drill")));

        String page = Files.readString(directory.resolve("index.html"));
        assertThat(page).doesNotContain("<script").contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp;");
        String svg = Files.readString(directory.resolve("drill/story.svg"));
        assertThat(svg).doesNotContain("<script");
        assertThat(parsed(directory.resolve("drill/story.svg"))
                        .getElementsByTagName("desc")
                        .item(0)
                        .getTextContent())
                .contains(HOSTILE);
    }

    @Test
    void picturesStandAlone() throws Exception {
        render(directory, "dropped-table-1");

        Document svg = parsed(directory.resolve("dropped-table-1/story.svg"));
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("The story of dropped-table-1");
        assertThat(svg.getElementsByTagName("style").item(0).getTextContent()).contains("prefers-color-scheme");
    }

    @Test
    void evidenceOfAnotherRunIsLeftAlone() throws IOException {
        Path output = Files.createDirectory(directory.resolve("output"));

        IndexPage.write(output, List.of(new EvidenceOnDisk(Samples.read("dropped-table-1"), "../other/drill")));

        assertThat(directory.resolve("other")).doesNotExist();
        assertThat(Files.readString(output.resolve("index.html"))).contains("./../other/drill/evidence.json");
    }

    private Evidence hostile() throws IOException {
        Path file = directory.resolve("hostile.json");
        EvidenceFile.write(file, Samples.read("dropped-table-1"));
        String quoted = HOSTILE.replace("\"", "\\\"");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("\"dropped-table", "\"" + quoted)
                        .replace("DROP TABLE accounts", quoted)
                        .replace("table accounts", quoted)
                        .replace("nightly", quoted)
                        .replace("restored.log", quoted)
                        .replace("enforced", quoted));
        return EvidenceFile.read(file);
    }

    private static Document parsed(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    private static String render(Path output, String... samples) throws IOException {
        List<EvidenceOnDisk> drills = new ArrayList<>();
        for (String sample : samples) {
            EvidenceOnDisk drill = new EvidenceOnDisk(Samples.read(sample), sample);
            Path file = Files.createDirectories(output.resolve(sample)).resolve(EvidenceFile.NAME);
            EvidenceFile.write(file, drill.evidence());
            drills.add(drill);
        }
        IndexPage.write(output, drills);
        return Files.readString(output.resolve("index.html"));
    }
}
