package dev.pitrproof.html;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Drills;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.SampleChanges;
import dev.pitrproof.evidence.Samples;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.reports.Reports;
import java.io.File;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import nu.validator.validation.SimpleDocumentValidator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXParseException;

/** What holds for every page, whatever drill it shows. */
class PageRulesTest {

    private static final Pattern LINK = Pattern.compile("(?:href|src|srcset)=\"([^\"#]+)");
    private static final Pattern HEADING = Pattern.compile("<h([1-6])\\b");
    private static final Pattern IMAGE = Pattern.compile("<img\\b[^>]*>");
    private static final Pattern ID = Pattern.compile("\\bid=\"([^\"]*)\"");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @BeforeAll
    static void everyKindOfDrill() throws IOException {
        List<EvidenceOnDisk> drills = new ArrayList<>(Drills.write(
                directory,
                "dropped-table-1",
                "dropped-table-2",
                "missing-wal-1",
                "environment",
                "stopped-late",
                "minimal"));
        drills.add(Drills.write(directory, "hostile", Drills.hostile(directory)));
        Evidence crowded = SampleChanges.named(Samples.read("dropped-table-1"), "crowded");
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            moments.add(new Moment("13:" + (40 + i), null, null, i % 4 == 0 ? "accident" : "sql", "UPDATE t" + i));
        }
        drills.add(Drills.write(
                directory,
                "crowded",
                SampleChanges.withStory(crowded, new Story("00:00", "14:05", moments, List.of()))));
        Reports.write(directory, drills);
    }

    @Test
    void pagesAreValid() throws Exception {
        List<String> complaints = new ArrayList<>();
        ErrorHandler every = new ErrorHandler() {
            @Override
            public void warning(SAXParseException e) {
                complaints.add(e.getSystemId() + ":" + e.getLineNumber() + ": " + e.getMessage());
            }

            @Override
            public void error(SAXParseException e) {
                warning(e);
            }

            @Override
            public void fatalError(SAXParseException e) {
                warning(e);
            }
        };
        SimpleDocumentValidator validator = new SimpleDocumentValidator(false, false, false);
        validator.setUpMainSchema("http://s.validator.nu/html5-rdfalite.rnc", every);
        validator.setUpValidatorAndParsers(every, true, false);
        for (Path page : pages()) {
            validator.checkHtmlFile(new File(page.toString()), true);
        }

        assertThat(complaints).isEmpty();
    }

    /** As Jenkins shows them: {@code default-src 'none'; img-src 'self'; style-src 'self'}. */
    @Test
    void nothingInThemNeedsMoreThanFilesOfTheirOwn() throws IOException {
        for (Path page : pages()) {
            assertThat(page)
                    .content()
                    .doesNotContain(
                            "<script", "<style", "<iframe", "<object", "<embed", "<form", "<base", "javascript:")
                    .doesNotContainPattern("<[^>]*\\s(?:style|on[a-z]+)\\s*=\\s*[\"'][^>]*>")
                    .doesNotContainPattern("(?:href|src|srcset)=\"(?:[a-z]+:|/)");
        }
        assertThat(Files.readString(directory.resolve("style.css")))
                .doesNotContain("http:", "https:", "@import", "url(");
    }

    @Test
    void everyLinkWithinTheReportLeadsSomewhere() throws IOException {
        for (Path page : pages()) {
            for (String link : all(LINK, page)) {
                boolean attachment = link.startsWith("./../") && !link.endsWith("evidence.json");
                Path target = page.resolveSibling(URLDecoder.decode(link, StandardCharsets.UTF_8));
                assertThat(attachment || Files.exists(target))
                        .as("%s in %s", link, page)
                        .isTrue();
            }
        }
    }

    @Test
    void headingsGoDownStepByStepFromOne() throws IOException {
        for (Path page : pages()) {
            List<Integer> levels =
                    all(HEADING, page).stream().map(Integer::valueOf).toList();
            assertThat(levels).as("%s", page).startsWith(1).containsOnlyOnce(1);
            for (int i = 1; i < levels.size(); i++) {
                assertThat(levels.get(i)).as("%s", page).isLessThanOrEqualTo(levels.get(i - 1) + 1);
            }
        }
    }

    @Test
    void everyPictureIsSaidInWords() throws IOException {
        int pictures = 0;
        for (Path page : pages()) {
            for (String image : IMAGE.matcher(Files.readString(page))
                    .results()
                    .map(MatchResult::group)
                    .toList()) {
                assertThat(image).as("%s", page).containsPattern("alt=\"[^\"]{20,}");
                pictures++;
            }
        }
        assertThat(pictures).isGreaterThanOrEqualTo(5);
    }

    @Test
    void nothingHasTheNameOfAnother() throws IOException {
        for (Path page : pages()) {
            assertThat(all(ID, page)).as("%s", page).doesNotHaveDuplicates();
        }
    }

    /** Characters among them that XML does not have. */
    @Test
    void picturesOfHostileTextAreWellFormed() throws Exception {
        int pictures = 0;
        try (var files = Files.newDirectoryStream(directory.resolve(PageName.DIRECTORY), "*.svg")) {
            for (Path file : files) {
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
                pictures++;
            }
        }
        assertThat(pictures).isEqualTo(12);
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(directory.resolve("index.html")));
        try (var drills = Files.newDirectoryStream(directory.resolve(PageName.DIRECTORY), "*.html")) {
            drills.forEach(pages::add);
        }
        assertThat(pages).hasSize(9);
        return pages;
    }

    private static List<String> all(Pattern pattern, Path page) throws IOException {
        return pattern.matcher(Files.readString(page))
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
