package dev.pitrproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvidenceFileTest {

    private final Path directory;

    EvidenceFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"dropped-table-1", "dropped-table-2", "missing-wal-1", "environment", "stopped-late", "minimal"})
    void whatIsWrittenIsReadBack(String sample) throws IOException {
        Evidence evidence = Samples.read(sample);

        EvidenceFile.write(file(), evidence);

        assertThat(EvidenceFile.read(file())).isEqualTo(evidence);
    }

    @Test
    void sameEvidenceIsSameFile() throws IOException {
        EvidenceFile.write(file(), Samples.read("dropped-table-1"));
        String once = Files.readString(file());
        EvidenceFile.write(file(), EvidenceFile.read(file()));

        assertThat(Files.readString(file())).isEqualTo(once);
    }

    @Test
    void keysComeInTheOrderOfTheRecordAndNullsNotAtAll() throws IOException {
        EvidenceFile.write(file(), Samples.read("minimal"));

        String json = Files.readString(file());
        assertThat(json)
                .containsSubsequence("\"schema\"", "\"drill\"", "\"scenario\"", "\"verdict\"", "\"tool\"", "\"claims\"")
                .doesNotContain("null")
                .doesNotContain("oracle");
    }

    @Test
    void whatWasNotMeasuredIsAbsentAndNotZero() throws IOException {
        Impact.OfBackup read = Objects.requireNonNull(
                        Samples.read("dropped-table-1").impact())
                .backups()
                .get(0);

        assertThat(read.replicationLagBytes()).isNull();
        assertThat(read.notMeasured()).containsOnlyKeys("replicationLagBytes");
        assertThat(read.walSenders()).isZero();
        assertThat(read.maxRate()).isEqualTo(new Impact.MaxRate(102_400, 77_153.3));
        EvidenceFile.write(file(), Samples.read("dropped-table-1"));
        assertThat(Files.readString(file()))
                .doesNotContain("\"replicationLagBytes\" : 0")
                .contains("\"walSenders\" : 0");
    }

    @Test
    void instantsKeepSixDigitsInUtc() throws IOException {
        EvidenceFile.write(file(), Samples.read("minimal"));

        assertThat(Files.readString(file())).contains("\"started\" : \"2026-01-26T12:31:02.118430Z\"");
    }

    @Test
    void nothingElseIsLeftInTheDirectory() throws IOException {
        EvidenceFile.write(file(), Samples.read("minimal"));
        EvidenceFile.write(file(), Samples.read("dropped-table-1"));

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void unknownKeysAreSkipped() throws IOException {
        String json = Files.readString(Samples.file("minimal"));
        Files.writeString(
                file(),
                json.replaceFirst("\\{", "{ \"weather\": {\"schema\": 9}, ")
                        .replace("\"commit\":", "\"colour\": [1, 2], \"commit\":"));

        assertThat(EvidenceFile.read(file())).isEqualTo(Samples.read("minimal"));
    }

    @Test
    void missingListsAreEmpty() throws IOException {
        String json = Files.readString(Samples.file("minimal"));
        Files.writeString(file(), json.replace("\"claims\": [],", ""));

        assertThat(EvidenceFile.read(file()).claims()).isEqualTo(List.of());
    }

    @Test
    void newerSchemaIsRefusedWithThePlaceItStands() throws IOException {
        Files.writeString(file(), "{\n  \"schema\": 2, \"verdict\": 5\n}");

        assertThatThrownBy(() -> EvidenceFile.read(file()))
                .isInstanceOf(EvidenceUnreadable.class)
                .hasMessage(file() + ":2:13: error: schema 2 is not known, this version reads up to 1\n"
                        + "HINT: use the pitrproof that wrote it, or a newer one");
    }

    @Test
    void fileCutShortNamesItsEnd() throws IOException {
        String json = Files.readString(Samples.file("minimal"));
        Files.writeString(file(), json.substring(0, json.indexOf("\"tool\"") + 3));

        assertThatThrownBy(() -> EvidenceFile.read(file()))
                .isInstanceOf(EvidenceUnreadable.class)
                .message()
                .matches("(?s).*evidence\\.json:\\d+:\\d+: error: not evidence: .*\nHINT: .*")
                .doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "[1]", "{}", "{\"schema\": \"one\"}", "{\"schema\": 1} {}"})
    void whatIsNotEvidenceIsRefusedInOneMessage(String content) throws IOException {
        Files.writeString(file(), content);

        assertThatThrownBy(() -> EvidenceFile.read(file()))
                .isInstanceOf(EvidenceUnreadable.class)
                .message()
                .matches("(?s).*evidence\\.json:\\d+:\\d+: error: .*\nHINT: .*")
                .hasLineCount(2);
    }

    @Test
    void evidenceWithoutVerdictSaysWhatIsMissing() throws IOException {
        String json = Files.readString(Samples.file("minimal"));
        Files.writeString(file(), json.replace("\"verdict\": \"UNPROVEN\",", ""));

        assertThatThrownBy(() -> EvidenceFile.read(file())).hasMessageContaining("\"verdict\" is missing");
    }

    private Path file() {
        return directory.resolve(EvidenceFile.NAME);
    }
}
