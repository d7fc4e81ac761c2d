package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.EvidenceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether {@code recheck} comes to what was recorded, and says where evidence and archive disagree. */
@SuppressWarnings("NullAway.Init") // set before all tests
class RecheckCommandTest {

    @TempDir
    static Path shared;

    private static StockBackups stock;

    @TempDir
    Path scratch;

    @BeforeAll
    static void proveOne() throws IOException {
        stock = StockBackups.make();
        Outcome proof = Outcome.of(
                "prove",
                "--sandbox=process",
                "--no-structure",
                "--output=" + shared.resolve("out"),
                "--backup=" + stock.plain(),
                "--archive=" + stock.archive(),
                "--target-time=" + stock.good());
        assertThat(proof.code()).as(proof.out() + proof.err()).isZero();
    }

    @AfterAll
    static void removeIt() throws IOException {
        stock.close();
    }

    private static Outcome recheck(Path evidence, Path archive, String... more) {
        List<String> all = new ArrayList<>(List.of("recheck", evidence.toString(), "--archive=" + archive));
        all.addAll(List.of(more));
        return Outcome.of(all);
    }

    private Path copyOfEvidence() throws IOException {
        return StockBackups.copy(shared.resolve("out/prove-plain"), scratch.resolve("evidence"));
    }

    private static void edit(Path file, String from, String to) throws IOException {
        String content = Files.readString(file);
        assertThat(content).contains(from);
        Files.writeString(file, content.replace(from, to));
    }

    @Test
    void comesToTheSame() {
        Outcome outcome = recheck(shared.resolve("out"), stock.archive());

        assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out()).containsPattern("^prove-plain: PROVEN, as recorded: [0-9]+ comparisons agree\n$");
    }

    @Test
    void tellsAProgram() {
        Outcome outcome = recheck(shared.resolve("out"), stock.archive(), "--json");

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("\"drill\":\"prove-plain\"")
                .contains("\"verdict\":\"PROVEN\"")
                .contains("\"agrees\":true");
    }

    @Test
    void anAnswerThatWasChangedIsFoundTwice() throws IOException {
        Path evidence = copyOfEvidence();
        edit(
                evidence.resolve("witnesses.jsonl"),
                "\"xid\":" + (stock.dropXid() - 1) + ",\"answer\":\"committed\"",
                "\"xid\":" + (stock.dropXid() - 1) + ",\"answer\":\"aborted\"");

        Outcome outcome = recheck(evidence, stock.archive());

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("prove-plain: REFUTED, 3 of ")
                .contains("  SHA-256 of witnesses.jsonl: recorded ")
                .contains("  claim target-reached: recorded PROVEN TARGET_EXACT by ")
                .contains(", recomputed REFUTED STOPPED_EARLY by ")
                .contains("  verdict: recorded PROVEN, recomputed REFUTED");
    }

    @Test
    void aPredictionThatWasChangedIsFound() throws IOException {
        Path evidence = copyOfEvidence();
        edit(evidence.resolve(EvidenceFile.NAME), "\"xid\" : " + stock.dropXid(), "\"xid\" : 4711");

        Outcome outcome = recheck(evidence, stock.archive());

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).contains("  N, the first not to be applied: recorded RecordRef[");
    }

    @Test
    void anArchiveWithoutTheWalDisagrees() throws IOException {
        Path archive = StockBackups.copy(stock.archive(), scratch.resolve("archive"));
        try (var files = Files.list(archive)) {
            List<Path> segments = files.filter(
                            file -> String.valueOf(file.getFileName()).length() == 24)
                    .sorted()
                    .toList();
            for (Path segment : segments.subList(3, segments.size())) {
                Files.delete(segment);
            }
        }

        Outcome outcome = recheck(shared.resolve("out"), archive);

        assertThat(outcome.code()).as(outcome.out()).isEqualTo(1);
        assertThat(outcome.out()).contains("  the target: recorded can be reached, recomputed cannot be reached");
    }

    @Test
    void whatIsNoEvidenceIsRefused() throws IOException {
        Path evidence = copyOfEvidence();
        Files.writeString(evidence.resolve("witnesses.jsonl"), "{}\n");

        Outcome damaged = recheck(evidence, stock.archive());
        Outcome none = recheck(scratch.resolve("nowhere"), stock.archive());
        Outcome noArchive = recheck(shared.resolve("out"), scratch.resolve("nowhere"));

        assertThat(damaged.code()).isEqualTo(3);
        assertThat(damaged.err())
                .contains("witnesses.jsonl\" is not what a drill wrote: ")
                .contains("HINT: ");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("HINT: ");
        assertThat(noArchive.code()).isEqualTo(2);
        assertThat(noArchive.err()).contains("HINT: ");
    }
}
