package dev.pitrproof.drill;

import dev.pitrproof.backup.FileChecksum;
import dev.pitrproof.evidence.Attachment;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.Expectation;
import dev.pitrproof.evidence.Postgres;
import dev.pitrproof.evidence.Tool;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.sandbox.IsolationFact;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.Expect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the evidence of drills, each into a directory of its own below the output directory. */
final class DrillRecorder {

    private static final String JOURNAL = "journal.jsonl";
    private static final String ANSWERS = "witnesses.jsonl";

    private final DrillOptions options;
    private final DrillListener listener;
    private final Map<String, String> isolation = new LinkedHashMap<>();
    private Instant started;
    private @Nullable Sandbox sandbox;

    DrillRecorder(DrillOptions options, DrillListener listener) {
        this.options = options;
        this.listener = listener;
        this.started = now();
    }

    /** As exact as the file, so that what is read from there equals what is told here. */
    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MICROS);
    }

    void in(Sandbox sandbox) {
        this.sandbox = sandbox;
        for (IsolationFact fact : sandbox.isolation()) {
            isolation.put(fact.item(), fact.level());
        }
    }

    /** Writes the evidence of a restore that was asked for, whatever came of it. */
    Evidence record(DrillFacts facts, List<Claim> claims) throws IOException {
        Path directory = directory(facts.assignment());
        if (facts.story().isPresent()) {
            facts.story().get().recording().journal().writeTo(directory.resolve(JOURNAL));
        }
        WitnessLines.write(directory.resolve(ANSWERS), facts);
        attach(facts.attachments(), directory);
        return write(facts.assignment(), claims, new EvidenceParts(facts), attachments(directory));
    }

    /** Writes the evidence of a dump that was to be restored. */
    Evidence record(DumpFacts facts, List<Claim> claims) throws IOException {
        Path directory = directory(facts.assignment());
        facts.story().recording().journal().writeTo(directory.resolve(JOURNAL));
        attach(facts.attachments(), directory);
        return write(facts.assignment(), claims, new DumpParts(facts), attachments(directory));
    }

    private static void attach(Map<String, Path> files, Path directory) throws IOException {
        for (Map.Entry<String, Path> attachment : files.entrySet()) {
            if (Files.exists(attachment.getValue())) {
                Files.copy(
                        attachment.getValue(),
                        directory.resolve(attachment.getKey()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** Writes an UNPROVEN for a restore that the drill did not come to. */
    Evidence brokenOff(Assignment assignment, Exception cause) throws IOException {
        BreakOff why = BreakOff.of(cause);
        directory(assignment);
        Claim claim = new Claim(
                "drill",
                Verdict.UNPROVEN,
                why.code().name(),
                "a source, its story and a restore",
                why.found(),
                why.hint(),
                List.of());
        return write(assignment, List.of(claim), EvidenceParts.NONE, List.of());
    }

    /** A directory of an earlier run would mix its attachments with ours. */
    private Path directory(Assignment assignment) throws IOException {
        Path directory = options.output().resolve(assignment.drill());
        if (Files.isDirectory(directory)) {
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
        return Files.createDirectories(directory);
    }

    private Evidence write(Assignment assignment, List<Claim> claims, EvidenceParts parts, List<Attachment> attachments)
            throws IOException {
        Verdict verdict = Verdict.merge(claims.stream().map(Claim::verdict).toList());
        Expectation expected = expectation(assignment.expect());
        Evidence evidence = new Evidence(
                Evidence.SCHEMA,
                assignment.drill(),
                assignment.scenario(),
                assignment.about(),
                verdict,
                expected,
                expected.isMetBy(verdict, claims),
                new Tool(Version.NUMBER, Version.COMMIT),
                options.seed(),
                started,
                now(),
                options.startedBy(),
                parts.postgres(postgres()),
                parts.backup(),
                parts.archive(),
                parts.target(),
                parts.oracle(),
                parts.witnesses(),
                claims,
                parts.objectives(),
                parts.isolation(isolation),
                parts.story(),
                attachments.stream().anyMatch(a -> a.file().equals(JOURNAL)) ? JOURNAL : null,
                attachments.stream().anyMatch(a -> a.file().equals(ANSWERS)) ? ANSWERS : null,
                attachments,
                assignment.tags(),
                parts.notes(),
                parts.sweep(),
                parts.impact(),
                parts.logicalBackup());
        Path directory = options.output().resolve(assignment.drill());
        EvidenceFile.write(directory.resolve(EvidenceFile.NAME), evidence);
        started = now();
        listener.drillEnded(evidence, directory);
        return evidence;
    }

    private @Nullable Postgres postgres() {
        return sandbox == null
                ? null
                : new Postgres(
                        sandbox.release().version(),
                        "",
                        sandbox.name(),
                        sandbox.release().image(),
                        sandbox.release().binariesSha256());
    }

    private static Expectation expectation(Expect expect) {
        return new Expectation(Verdict.valueOf(expect.verdict()), expect.code());
    }

    private static List<Attachment> attachments(Path directory) throws IOException {
        List<Attachment> attachments = new ArrayList<>();
        try (var files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                attachments.add(new Attachment(String.valueOf(file.getFileName()), FileChecksum.sha256(file)));
            }
        }
        return attachments;
    }
}
