package dev.pitrproof.html;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Expectation;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.evidence.SampleChanges;
import dev.pitrproof.evidence.Samples;
import dev.pitrproof.evidence.TransactionRef;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.prose.Aim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class HtmlReportTest {

    /** Kept, so that somebody can look at them. */
    private static final Path PAGES = Path.of("target", "pages");

    private static final String HOSTILE = "<script>alert(1)</script> & \"two\" 'one' ]]> </svg></style>${x}";

    private final Path directory;

    HtmlReportTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void demonstrationEndsAsExpected() throws IOException {
        Path output = PAGES.resolve("demo");
        write(output, "dropped-table-1", "dropped-table-2");

        assertThat(output.resolve("index.html"))
                .content()
                .contains("2 of 2 drills ended as expected.")
                .contains("1 PROVEN, 1 REFUTED · 1 scenario · PostgreSQL 17 · container sandbox")
                .contains("href=\"drills/dropped-table-1.html\"", "href=\"drills/dropped-table-2.html\"")
                .doesNotContain("Not as expected");
        assertThat(output.resolve("drills/dropped-table-1.html"))
                .content()
                .contains("before the accident at 14:00")
                .contains("reflinks, which share its blocks");
        assertThat(output.resolve("drills/dropped-table-2.html"))
                .content()
                .contains("as expected, by DATA_DIFFERS")
                .contains("14:01 is too late: the accident was at 14:00");
    }

    @Test
    void aAndNAreExplainedWithXidPositionAndDistance() throws IOException {
        assertThat(page("dropped-table-1"))
                .contains(
                        "<b>A</b> is the last transaction end that PostgreSQL applied: the commit of transaction 3604 at 0/3A41E78"
                                + ", 41 ms before T.")
                .contains("<b>N</b> is the first one it must not apply: the commit of transaction 3605 at 0/3A42C40"
                        + ", 38 ms after T.");
    }

    @Test
    void endsThatWereNotExpectedAreCountedAndNamed() throws IOException {
        Path output = PAGES.resolve("all");
        write(output, "dropped-table-1", "dropped-table-2", "missing-wal-1", "environment", "stopped-late", "minimal");

        assertThat(output.resolve("index.html"))
                .content()
                .contains("3 of 6 drills ended as expected; 3 did not.")
                .contains("but PROVEN was expected")
                .containsSubsequence("Not as expected", "STOPPED_LATE: ", "All drills");
    }

    @Test
    void refusedPlanShowsTheGapAndNoRestore() throws IOException {
        assertThat(page("missing-wal-1"))
                .contains("No restore took place: the target cannot be reached.")
                .contains("segment 000000010000000000000029 is missing")
                .contains("the WAL could not be read as far as the target")
                .contains("nothing was restored");
    }

    @Test
    void drillThatNeverBeganSaysSo() throws IOException {
        assertThat(page("environment"))
                .contains("Nothing was restored, so nothing is proved. No container engine answers")
                .contains("<b>HINT:</b> ./pitrproof doctor")
                .contains("There is no A and no N to show")
                .doesNotContain("<figure>");
    }

    @Test
    void lateStopIsSaidAndTransactionsLeftOutAreNamed() throws IOException {
        assertThat(page("stopped-late"))
                .contains("Recovery stopped too late.")
                .contains("STOPPED_LATE")
                .containsSubsequence("Left out though earlier", "3603", "0/3A42CD0")
                .contains("not enforced");
    }

    @Test
    void whatTheServerWasToldStandsBesideWhatWasAskedFor() throws IOException {
        Evidence proven = Samples.read("dropped-table-1");
        Instant asked = Objects.requireNonNull(Aim.of(proven).time());
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("recovery_target_time", "2026-01-26 13:31:16");
        settings.put("timezone", "Europe/Berlin");

        assertThat(page(proven)).doesNotContain("what the server was told");
        assertThat(page(SampleChanges.withTold(proven, settings, asked)))
                .contains("what the server was told")
                .contains(
                        "recovery_target_time = 2026-01-26 13:31:16 in the time zone Europe/Berlin, which is 2026-01-26 ")
                .doesNotContain("than asked for");
        assertThat(page(SampleChanges.withTold(proven, settings, asked.plusSeconds(3600))))
                .contains(" UTC, 60 min later than asked for");
        assertThat(page(SampleChanges.withTold(proven, Map.of("recovery_target_xid", "745"), null)))
                .contains("recovery_target_xid = 745</td>");
    }

    @Test
    void recoveryThatWentOnBehindTheDamageSaysSo() throws IOException {
        Evidence proven = Samples.read("dropped-table-1");
        Instant damage = Objects.requireNonNull(Objects.requireNonNull(
                        Objects.requireNonNull(proven.objectives()).rpo())
                .damage());

        assertThat(page(proven)).doesNotContain("the damage is back").doesNotContain("not contradicted by");
        assertThat(page(SampleChanges.recoveredThrough(proven, damage.plusSeconds(1))))
                .contains("nothing before it is lost, and the damage is back.");
    }

    @Test
    void witnessesThatSawNothingWrongAreNotSaidToRefute() throws IOException {
        Claim late = new Claim(
                "target-reached", Verdict.REFUTED, "STOPPED_LATE", "a", "b", null, List.of("client's journal"));

        assertThat(page(SampleChanges.withClaims(Samples.read("stopped-late"), List.of(late))))
                .contains("not contradicted by client");
    }

    @Test
    void everyPageThatIsNotProvenSaysWhatToDo() throws IOException {
        assertThat(page("dropped-table-1")).doesNotContain("What to do");
        assertThat(page("dropped-table-2")).contains("<b>What to do:</b> Nothing: this drill is there to end so.");
        assertThat(page("stopped-late"))
                .contains("<b>What to do:</b> Look for recovery_target_time in the settings the server really read");
        Evidence notRefuted = SampleChanges.withOutcome(
                Samples.read("dropped-table-1"), new Expectation(Verdict.REFUTED, "DATA_DIFFERS"), false);
        assertThat(page(notRefuted)).contains("<b>What to do:</b> The damage that this drill is to show was not there");
        assertThat(directory.resolve("index.html")).content().contains("<b>What to do:</b> The damage");
    }

    /** What somebody who reads "everything up to T" would have expected to be there. */
    @Test
    void commitsUpToTheTargetThatAreLeftOutAreSaidAlsoWhereAllIsProven() throws IOException {
        assertThat(pageWithLeftOut(0)).doesNotContain("not back all the same", "Left out though earlier");
        assertThat(pageWithLeftOut(1))
                .contains("1 commit with a time up to T is not back all the same, first transaction 5001: in the WAL"
                        + " it comes behind a transaction that ended after T, and there recovery stops.")
                .containsSubsequence("Left out though earlier", "5001", "2026-01-26 12:31:17.000001 UTC", "0/3A43000");
        assertThat(pageWithLeftOut(1012))
                .contains("1,012 commits with a time up to T are not back all the same, first transaction 5001")
                .contains(">5010<")
                .doesNotContain(">5011<")
                .contains("And 1,002 more, which evidence.json counts");
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
        return page(changed);
    }

    @Test
    void notesAreShownAsText() throws IOException {
        Evidence evidence = SampleChanges.withNotes(
                Samples.read("dropped-table-1"), List.of("subscription \"<news>\" in database shop"));

        assertThat(page(evidence)).contains("Worth knowing").contains("subscription \"&lt;news&gt;\" in database");
        assertThat(page(Samples.read("dropped-table-1"))).doesNotContain("Worth knowing");
    }

    @Test
    void impactOnTheSourceIsShownAndWhatWasNotMeasuredSaysWhy() throws IOException {
        Impact impact = new Impact(List.of(new Impact.OfBackup(
                "nightly",
                24_000_000,
                2,
                12_000_000.0,
                0.3,
                0L,
                3,
                1.5,
                false,
                null,
                0,
                new Impact.MaxRate(32_768, 11_718.75),
                7,
                Map.of("replicationLagBytes", "no other <standby> is connected"))));

        assertThat(page(SampleChanges.withImpact(Samples.read("dropped-table-1"), impact)))
                .contains("Backup nightly", "23 MB in 2 s", "32 MB/s, measured 11 MB/s")
                .contains("<dt>WAL written meanwhile</dt><dd>0 bytes</dd>")
                .contains("at most 3 files")
                .contains("not measured: no other &lt;standby&gt; is connected");
    }

    @Test
    void evidenceWithoutImpactSaysWhyThereIsNone() throws IOException {
        assertThat(page("stopped-late")).contains("Not measured: the pitrproof that wrote this evidence did not look.");
        assertThat(page("minimal")).contains("Not measured: the drill ended before a base backup was taken.");
        assertThat(page(SampleChanges.withStory(Samples.read("stopped-late"), null)))
                .contains("Not measured: pitrproof did not take this base backup, so it saw nothing of the source.");
    }

    @Test
    void sabotageIsToldFaultByFault() throws IOException {
        Claim claim = new Claim(
                "sabotage",
                Verdict.REFUTED,
                "SABOTAGE_MISSED",
                "each of 3 faults is caught, for the right reason",
                "2 of 3 caught; not caught: a segment is lost (PROVEN TARGET_EXACT; nothing, at all), <two> (PROVEN X)",
                "please report it",
                List.of());

        assertThat(page(SampleChanges.withClaims(Samples.read("dropped-table-1"), List.of(claim))))
                .contains("2 of 3 faults caught", "<h3>not caught</h3>")
                .contains("<li>a segment is lost (PROVEN TARGET_EXACT; nothing, at all)</li>")
                .contains("<li>&lt;two&gt; (PROVEN X)</li>")
                .contains("--sabotage");
    }

    @Test
    void drillCanBeRepeatedFromItsPage() throws IOException {
        assertThat(page("dropped-table-1"))
                .contains("<code>./pitrproof run scenarios/dropped-table.yaml --sandbox=container --postgres=17 ");
        assertThat(page(SampleChanges.ofProve(Samples.read("dropped-table-1"))))
                .contains(
                        "./pitrproof prove --backup=DIR --archive=DIR ",
                        "--target-time=",
                        " --target-timeline=1 --sandbox=");
        assertThat(page(hostile())).contains("./pitrproof run 'scenarios/&lt;script&gt;");
    }

    private String page(String sample) throws IOException {
        return page(Samples.read(sample));
    }

    /** The page of the drill. */
    private String page(Evidence evidence) throws IOException {
        EvidenceOnDisk drill = new EvidenceOnDisk(evidence, "drill");
        HtmlReport.write(directory, List.of(drill));
        return Files.readString(directory.resolve(PageName.of(drill).path()));
    }

    @Test
    void noDrillIsNoSuccess() throws IOException {
        HtmlReport.write(directory, List.of());

        assertThat(Files.readString(directory.resolve("index.html")))
                .contains("No drill was run.")
                .contains("class=\"bad\"");
    }

    @Test
    void whateverIsInTheEvidenceIsText() throws Exception {
        Evidence hostile = hostile();
        EvidenceOnDisk drill = new EvidenceOnDisk(hostile, "drill");
        HtmlReport.write(directory, List.of(drill));

        PageName page = PageName.of(drill);
        assertThat(page.stem()).matches("[a-z0-9-]+");
        for (String file : List.of("index.html", page.path())) {
            assertThat(directory.resolve(file))
                    .content()
                    .doesNotContain("<script")
                    .contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp;");
        }
        Path svg = directory.resolve("drills").resolve(page.wide());
        assertThat(svg).content().doesNotContain("<script");
        assertThat(parsed(svg).getElementsByTagName("desc").item(0).getTextContent())
                .contains(HOSTILE);
    }

    /** So that whoever has the page can tell whether he has its evidence. */
    @Test
    void thePageHasTheDigestOfItsEvidence() throws Exception {
        write(directory, "dropped-table-1");

        byte[] evidence = Files.readAllBytes(directory.resolve("dropped-table-1/evidence.json"));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(evidence);
        assertThat(directory.resolve("drills/dropped-table-1.html"))
                .content()
                .containsSubsequence(">evidence.json<", HexFormat.of().formatHex(digest));
    }

    @Test
    void picturesStandAlone() throws Exception {
        write(directory, "dropped-table-1");

        Document svg = parsed(directory.resolve("drills/dropped-table-1.svg"));
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("The story of dropped-table-1");
        assertThat(svg.getElementsByTagName("style").item(0).getTextContent()).contains("prefers-color-scheme");
    }

    @Test
    void evidenceOfAnotherRunIsLeftAlone() throws IOException {
        Path output = Files.createDirectory(directory.resolve("output"));
        EvidenceOnDisk drill = new EvidenceOnDisk(Samples.read("dropped-table-1"), "../other/drill");

        HtmlReport.write(output, List.of(drill));

        assertThat(directory.resolve("other")).doesNotExist();
        assertThat(output.resolve(PageName.of(drill).path()))
                .content()
                .contains("href=\"./../../other/drill/evidence.json\"");
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

    private static void write(Path output, String... samples) throws IOException {
        List<EvidenceOnDisk> drills = new ArrayList<>();
        for (String sample : samples) {
            EvidenceOnDisk drill = new EvidenceOnDisk(Samples.read(sample), sample);
            Path file = Files.createDirectories(output.resolve(sample)).resolve(EvidenceFile.NAME);
            EvidenceFile.write(file, drill.evidence());
            drills.add(drill);
        }
        HtmlReport.write(output, EvidenceOnDisk.named(drills));
    }
}
