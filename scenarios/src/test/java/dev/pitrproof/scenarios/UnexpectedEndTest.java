package dev.pitrproof.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenarios that are wrong about their own end: none of them may look like a success. */
class UnexpectedEndTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @Test
    void aTargetBehindTheAccidentIsRefutedByTheData() throws Exception {
        Evidence evidence = Drills.run(Scripts.droppedTable("14:01"), directory).get(0);

        assertThat(evidence.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(evidence.asExpected()).isFalse();
        assertThat(claim(evidence, "target-reached").verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(claim(evidence, "table-exists: accounts"))
                .extracting(Claim::verdict, Claim::code)
                .containsExactly(Verdict.REFUTED, "DATA_DIFFERS");
        assertThat(claim(evidence, "same-as: last-good, accounts").code()).isEqualTo("DATA_DIFFERS");
    }

    @Test
    void theRightVerdictForAnotherReasonIsNotAsExpected() throws Exception {
        String text = Scripts.replace(
                Scripts.droppedTable("14:01"), "    prove: ", "    expect: REFUTED STOPPED_LATE\n    prove: ");

        Evidence evidence = Drills.run(text, directory).get(0);

        assertThat(evidence.verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(evidence.asExpected()).isFalse();
    }

    @Test
    void aProofIsNotAsExpectedWhereARefutationIs() throws Exception {
        String text = Scripts.replace(
                Scripts.droppedTable("13:59"), "    prove: ", "    expect: REFUTED DATA_DIFFERS\n    prove: ");

        Evidence evidence = Drills.run(text, directory).get(0);

        assertThat(evidence.verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(evidence.asExpected()).isFalse();
    }

    @Test
    void aSetupThatFailsIsUnprovenAndNamesItsPlace() throws Exception {
        String text = Scripts.replace(Scripts.droppedTable("13:59"), "CREATE TABLE accounts", "CREAT TABLE accounts");

        Evidence evidence = Drills.run(text, directory).get(0);

        assertBrokenOff(
                evidence,
                directory.resolve("scenario.yaml") + ":8:10: error: the setup failed: ",
                "at or near \"CREAT\"");
    }

    @Test
    void aStepThatFailsIsUnprovenAndNamesItsPlace() throws Exception {
        String text = Scripts.replace(Scripts.droppedTable("13:59"), "DROP TABLE accounts", "DROP TABLE account");

        Evidence evidence = Drills.run(text, directory).get(0);

        assertBrokenOff(
                evidence,
                directory.resolve("scenario.yaml") + ":19:5: error: the step failed: ",
                "table \"account\" does not exist");
    }

    private static void assertBrokenOff(Evidence evidence, String place, String reason) {
        assertThat(evidence.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(evidence.asExpected()).isFalse();
        assertThat(evidence.claims()).singleElement().satisfies(claim -> {
            assertThat(claim.code()).isEqualTo("ENVIRONMENT");
            assertThat(claim.found()).startsWith(place).endsWith(reason);
            assertThat(claim.hint()).startsWith("correct the SQL");
        });
    }

    /** A typing error in a query must not pass for damage, nor hide what the other claims found. */
    @Test
    void aQueryThatTheServerDoesNotUnderstandLeavesOnlyItsOwnClaimOpen() throws Exception {
        String text = Scripts.replace(
                Scripts.droppedTable("13:59"),
                "      - table-exists: accounts",
                "      - query: { sql: SELECT count(*) FROM acounts, equals: 1000 }\n      - table-exists: accounts");

        Evidence evidence = Drills.run(text, directory).get(0);

        assertThat(evidence.verdict()).isEqualTo(Verdict.UNPROVEN);
        assertThat(claim(evidence, "query: SELECT count(*) FROM acounts"))
                .extracting(Claim::verdict, Claim::code, Claim::found)
                .containsExactly(
                        Verdict.UNPROVEN, "NOTHING_TO_PROVE", "the query failed: relation \"acounts\" does not exist");
        assertThat(evidence.claims())
                .filteredOn(claim -> !claim.claim().startsWith("query"))
                .hasSizeGreaterThan(4)
                .allSatisfy(claim -> assertThat(claim.verdict()).isEqualTo(Verdict.PROVEN));
    }

    private static Claim claim(Evidence evidence, String name) {
        return evidence.claims().stream()
                .filter(claim -> claim.claim().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no claim " + name + " in " + evidence.claims()));
    }
}
