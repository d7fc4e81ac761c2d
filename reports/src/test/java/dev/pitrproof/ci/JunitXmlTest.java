package dev.pitrproof.ci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Drills;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Expectation;
import dev.pitrproof.evidence.SampleChanges;
import dev.pitrproof.evidence.Samples;
import dev.pitrproof.evidence.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class JunitXmlTest {

    private final Path directory;

    JunitXmlTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void eachScenarioIsASuiteAndEachDrillATestCase() throws Exception {
        write("dropped-table-1", "dropped-table-2", "missing-wal-1");

        assertThat(files()).containsExactly("TEST-dropped-table.xml", "TEST-missing-wal.xml");
        Element suite = read("TEST-dropped-table.xml");
        assertThat(suite.getAttribute("name")).isEqualTo("dropped-table");
        assertThat(suite.getAttribute("tests")).isEqualTo("2");
        assertThat(suite.getAttribute("time")).isEqualTo("49.200");
        assertThat(child(suite, "testcase").getAttribute("name")).isEqualTo("dropped-table-1");
        assertThat(child(suite, "testcase").getAttribute("classname")).isEqualTo("pitrproof.dropped-table");
    }

    @Test
    void expectedRefutationPasses() throws Exception {
        write("dropped-table-2");

        Element suite = read("TEST-dropped-table.xml");
        assertThat(suite.getAttribute("failures") + suite.getAttribute("errors"))
                .isEqualTo("00");
        assertThat(child(suite, "system-out").getTextContent())
                .startsWith("REFUTED as expected, by DATA_DIFFERS")
                .contains("HINT: restore to before 0/3A5D118");
    }

    @Test
    void unexpectedRefutationIsAFailure() throws Exception {
        write("stopped-late");

        Element suite = read("TEST-hourly.xml");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        Element failure = child(suite, "failure");
        assertThat(failure.getAttribute("type")).isEqualTo("STOPPED_LATE");
        assertThat(failure.getAttribute("message")).contains("58 transactions too many");
        assertThat(failure.getTextContent()).contains("HINT: look for recovery_target_time");
    }

    @Test
    void damageThatWasNotFoundIsAFailure() throws Exception {
        write(List.of(new EvidenceOnDisk(
                SampleChanges.withOutcome(
                        Samples.read("dropped-table-1"), new Expectation(Verdict.REFUTED, "DATA_DIFFERS"), false),
                "twin")));

        assertThat(child(read("TEST-dropped-table.xml"), "failure").getAttribute("message"))
                .contains("every claim held");
    }

    @Test
    void whatCouldNotBeCheckedIsAnErrorAndNeverSkipped() throws Exception {
        write("environment", "minimal");

        assertThat(child(read("TEST-dropped-table.xml"), "error").getAttribute("type"))
                .isEqualTo("ENVIRONMENT");
        Element suite = read("TEST-smallest.xml");
        assertThat(suite.getAttribute("errors")).isEqualTo("1");
        assertThat(suite.getAttribute("skipped")).isEqualTo("0");
        assertThat(child(suite, "error").getAttribute("message")).contains("no claim says why");
    }

    @Test
    void whateverIsInTheEvidenceIsText() throws Exception {
        write(List.of(new EvidenceOnDisk(Drills.hostile(directory), "drill")));

        assertThat(files()).singleElement().asString().matches("TEST-[a-z0-9._-]+\\.xml");
        Element suite = read(files().get(0));
        String legal =
                Drills.HOSTILE.replace("\u0007", "").replace("\u001b", "").replace("\uFFFE", "");
        assertThat(child(suite, "failure").getTextContent()).contains("found: " + legal);
        assertThat(suite.getAttribute("name")).isEqualTo(legal.replaceAll("\\s+", " "));
    }

    @Test
    void suitesOfAnEarlierRunGoAndThoseOfOthersStay() throws Exception {
        write("stopped-late");
        Path foreign = Files.writeString(directory.resolve("junit/TEST-foreign.xml"), "<testsuite/>");

        write("dropped-table-1");

        assertThat(files()).containsExactly("TEST-dropped-table.xml", "TEST-foreign.xml");
        assertThat(foreign).hasContent("<testsuite/>");
    }

    private void write(String... samples) throws Exception {
        write(Drills.write(directory, samples));
    }

    private void write(List<EvidenceOnDisk> drills) throws Exception {
        JunitXml.write(directory, EvidenceOnDisk.named(drills));
    }

    private List<String> files() throws Exception {
        List<String> names = new ArrayList<>();
        try (var files = Files.list(directory.resolve("junit"))) {
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        }
        names.sort(null);
        return names;
    }

    /** The suite, once it has been found valid. */
    private Element read(String name) throws Exception {
        Path file = directory.resolve("junit").resolve(name);
        SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(JunitXmlTest.class.getResource("junit.xsd"))
                .newValidator()
                .validate(new StreamSource(file.toFile()));
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
    }

    private static Element child(Element parent, String name) {
        return (Element) parent.getElementsByTagName(name).item(0);
    }
}
