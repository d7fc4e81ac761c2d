package dev.pitrproof.ci;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Surprise;
import dev.pitrproof.prose.Prose;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A scenario's drills as a JUnit test suite. Times are in seconds, with three decimals. */
final class TestSuite {

    /** What XML 1.0 has no way to write, not even as a reference. */
    private static final Pattern ILLEGAL =
            Pattern.compile("[^\\t\\n\\x20-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]");

    private final XMLStreamWriter xml;

    private TestSuite(XMLStreamWriter xml) {
        this.xml = xml;
    }

    static String xml(String scenario, List<EvidenceOnDisk> drills) {
        StringWriter text = new StringWriter();
        try {
            new TestSuite(XMLOutputFactory.newInstance().createXMLStreamWriter(text)).suite(scenario, drills);
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a suite is always well-formed", e);
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + JunitXml.MARK + "\n" + text + "\n";
    }

    private void suite(String scenario, List<EvidenceOnDisk> drills) throws XMLStreamException {
        Duration whole = Duration.ZERO;
        for (EvidenceOnDisk drill : drills) {
            whole = whole.plus(duration(drill.evidence()));
        }
        xml.writeStartElement("testsuite");
        attribute("name", scenario);
        attribute("time", seconds(whole));
        attribute("tests", String.valueOf(drills.size()));
        attribute("errors", count(drills, Surprise.Kind.ERROR));
        attribute("skipped", "0");
        attribute("failures", count(drills, Surprise.Kind.FAILURE));
        for (EvidenceOnDisk drill : drills) {
            xml.writeCharacters("\n  ");
            drill(drill);
        }
        xml.writeCharacters("\n");
        xml.writeEndElement();
        xml.flush();
    }

    private void drill(EvidenceOnDisk drill) throws XMLStreamException {
        Evidence evidence = drill.evidence();
        xml.writeStartElement("testcase");
        attribute("name", drill.name());
        // build servers group by what stands before the last full stop
        attribute("classname", "pitrproof." + evidence.scenario());
        attribute("time", seconds(duration(evidence)));
        Optional<Surprise> surprise = Surprise.of(evidence);
        if (surprise.isPresent()) {
            xml.writeCharacters("\n    ");
            xml.writeStartElement(
                    switch (surprise.get().kind()) {
                        case FAILURE -> "failure";
                        case ERROR -> "error";
                    });
            attribute("message", surprise.get().message(evidence));
            attribute("type", surprise.get().code());
            characters(String.join(
                    "\n\n",
                    surprise.get().findings().stream().map(Claim::inFull).toList()));
            xml.writeEndElement();
        }
        xml.writeCharacters("\n    ");
        xml.writeStartElement("system-out");
        characters(account(drill));
        xml.writeEndElement();
        xml.writeCharacters("\n  ");
        xml.writeEndElement();
    }

    private static String account(EvidenceOnDisk drill) {
        Evidence evidence = drill.evidence();
        StringBuilder text = new StringBuilder();
        text.append(evidence.verdict())
                .append(" ")
                .append(Prose.outcome(evidence))
                .append("\n");
        text.append(Prose.why(evidence)).append("\n");
        text.append("asked for: ").append(Prose.asked(evidence)).append("\n");
        text.append("reached: ").append(Prose.reached(evidence)).append("\n");
        for (Claim claim : evidence.claims()) {
            text.append("\n").append(claim.inFull()).append("\n");
        }
        return text.toString();
    }

    private static String count(List<EvidenceOnDisk> drills, Surprise.Kind kind) {
        return String.valueOf(drills.stream()
                .flatMap(drill -> Surprise.of(drill.evidence()).stream())
                .filter(surprise -> surprise.kind() == kind)
                .count());
    }

    private static Duration duration(Evidence evidence) {
        Duration duration = Duration.between(evidence.started(), evidence.ended());
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.3f", duration.toMillis() / 1e3);
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, legal(value).replaceAll("\\s+", " "));
    }

    private void characters(String text) throws XMLStreamException {
        xml.writeCharacters(legal(text));
    }

    private static String legal(String text) {
        return ILLEGAL.matcher(text).replaceAll("");
    }
}
