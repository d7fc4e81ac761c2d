package dev.pitrproof.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Claims about a backup that was made elsewhere. */
@SuppressWarnings("NullAway.Init") // set before each test
class ClaimsFileTest {

    @TempDir
    Path scratch;

    private Path file(String content) throws IOException {
        return Files.writeString(scratch.resolve("claims.yaml"), content);
    }

    @Test
    void holdsWhatIsWritten() throws Exception {
        ClaimsFile claims = ClaimsFile.read(file("""
                database: shop
                prove:
                  - table-exists: orders
                  - query: { sql: SELECT 1, equals: 1 }
                  - recovered-within: 30m
                  - page-checksums: sound
                  - sequences: not-behind
                  - prepared-transactions: [transfer, 42]
                """));

        assertThat(claims.database()).isEqualTo("shop");
        assertThat(claims.claims())
                .containsExactly(
                        new ClaimSpec.TargetReached(),
                        new ClaimSpec.TableExists("orders"),
                        new ClaimSpec.Query("SELECT 1", "1"),
                        new ClaimSpec.RecoveredWithin(Duration.ofMinutes(30)),
                        new ClaimSpec.PageChecksumsSound(),
                        new ClaimSpec.SequencesNotBehind(),
                        new ClaimSpec.PreparedTransactions(List.of("transfer", "42")));
        assertThat(claims.withStructure().claims()).hasSize(8).endsWith(new ClaimSpec.StructureSound());
    }

    @Test
    void theStructureIsClaimedOnce() throws Exception {
        ClaimsFile claims = ClaimsFile.read(file("prove: [ { structure: sound } ]"));

        assertThat(claims.database()).isEqualTo("postgres");
        assertThat(claims.withStructure()).isEqualTo(claims);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    database: shop                      | 1:1: error: missing key "prove" in the claims file
                    scenario: x                         | 1:1: error: unknown key "scenario" in the claims file, expected prove or database
                    prove: []                           | 1:8: error: prove is empty, expected at least one claim
                    prove: [ { same-as: { mark: m, table: t } } ] | error: unknown key "same-as" in a claim
                    prove: [ { structure: fine } ]      | 1:23: error: structure is "fine", expected sound
                    prove: [ { cluster-same-as: { mark: m } } ] | error: unknown key "cluster-same-as" in a claim
                    prove: [ { page-checksums: fine } ] | 1:28: error: page-checksums is "fine", expected sound
                    prove: [ { sequences: ahead } ]     | 1:23: error: sequences is "ahead", expected not-behind
                    prove: [ { prepared-transactions: none } ] | 1:35: error: prepared-transactions is the text "none", expected a list of their identifiers
                    prove: [ { prepared-transactions: [a, a] } ] | 1:39: error: "a" stands twice in prepared-transactions, expected it once
                    ''                                  | error: file is empty, expected claims
                    """)
    void aMistakeIsAnsweredWithItsPlace(String content, String expected) throws IOException {
        Path file = file(content);

        InvalidScenario invalid = catchThrowableOfType(InvalidScenario.class, () -> ClaimsFile.read(file));

        assertThat(invalid).hasMessageContaining(expected);
    }

    @Test
    void aFileThatIsNotThereIsNoScenario() {
        InvalidScenario invalid =
                catchThrowableOfType(InvalidScenario.class, () -> ClaimsFile.read(scratch.resolve("none.yaml")));

        assertThat(invalid).hasMessageContaining("found no such file, expected a claims file");
        assertThat(invalid).hasMessageContaining("HINT: --claims=FILE names it");
    }
}
