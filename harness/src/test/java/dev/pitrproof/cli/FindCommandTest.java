package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.find.DamagedSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The story of the main job: who dropped the table, and with what to restore to just before it. */
@SuppressWarnings("NullAway.Init") // set before all tests
class FindCommandTest {

    private static final int NEWEST = 18;
    private static final int DROP = 3;

    private static DamagedSource dropped;

    @TempDir
    Path directory;

    @BeforeAll
    static void makeASource() throws Exception {
        dropped = DamagedSource.make(NEWEST, DamagedSource.DROPPED_TABLE);
    }

    @AfterAll
    static void removeIt() throws IOException {
        dropped.close();
    }

    private static Outcome find(String... arguments) {
        List<String> all = new ArrayList<>(List.of("find"));
        all.addAll(List.of(arguments));
        return Outcome.of(all);
    }

    private static Outcome findIn(DamagedSource source, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "--archive",
                source.archive().toString(),
                "--backup",
                source.backup().directory().toString()));
        all.addAll(List.of(more));
        return find(all.toArray(String[]::new));
    }

    private static Outcome where(DamagedSource source, String condition, String... more) {
        List<String> all = new ArrayList<>(List.of("--sandbox=process", "--where", condition));
        all.addAll(List.of(more));
        return findIn(source, all.toArray(String[]::new));
    }

    @Test
    void namesTheDropFromTheWalAlone() {
        Outcome outcome = findIn(dropped, "--table=accounts");

        String xid = dropped.xid(DROP);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).matches("20\\S+Z  xid " + xid + ", LSN \\S+, timeline 1"),
                        line -> assertThat(line).isEqualTo("  dropped postgres.public.accounts"),
                        line -> assertThat(line).isEqualTo("  dropped postgres.sales.totals"),
                        line -> assertThat(line).isEqualTo("  dropped postgres.sales.rich"),
                        line -> assertThat(line).matches("  with \\d index or TOAST relations"),
                        line -> assertThat(line)
                                .matches("  last commit before it  20\\S+Z, xid " + dropped.xid(2) + ", LSN \\S+"),
                        line -> assertThat(line)
                                .isEqualTo("  to just before it      --target-xid " + xid
                                        + " --target-exclusive --target-timeline 1"),
                        line -> assertThat(line)
                                .matches(" +or  --target-lsn \\S+ --target-exclusive --target-timeline 1"),
                        line -> assertThat(line).isEmpty());
        assertThat(outcome.err()).matches("1 transaction that dropped or truncated accounts in [\\d,]+ commits\n");
    }

    @Test
    void saysTheSameInJson() {
        Outcome outcome = findIn(dropped, "--table=public.accounts", "--json");

        JsonNode moment = new ObjectMapper().readTree(outcome.out());
        assertThat(moment.get("xid").toString()).isEqualTo(dropped.xid(DROP));
        assertThat(moment.get("relations").get(0).get("what").asString()).isEqualTo("dropped");
        assertThat(moment.get("relations").get(0).get("relation").asString()).isEqualTo("postgres.public.accounts");
        assertThat(moment.get("lastCommitBefore").get("xid").toString()).isEqualTo(dropped.xid(2));
        assertThat(moment.get("targets").get(0).asString())
                .isEqualTo("--target-xid " + dropped.xid(DROP) + " --target-exclusive --target-timeline 1");
        assertThat(moment.get("targets").get(1).asString())
                .isEqualTo("--target-lsn " + moment.get("lsn").asString() + " --target-exclusive --target-timeline 1");
    }

    @Test
    void withoutNamesItTellsTheNumbers() {
        Outcome outcome = find("--archive", dropped.archive().toString());

        assertThat(outcome.code()).isZero();
        assertThat(outcome.out())
                .contains("xid " + dropped.xid(DROP))
                .containsPattern("  dropped relation \\d+/\\d+\n");
    }

    @Test
    void aTableThatNobodyDroppedHasNoMoment() {
        Outcome outcome = findIn(dropped, "--table=kept");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .matches("nothing dropped or truncated kept in [\\d,]+ commits; left out, but listed by --all:"
                        + " 1 that only rewrote or reindexed\n");
    }

    @Test
    void aGapIsSaidAndTheExitCodeKnows() throws IOException {
        try (Stream<Path> files = Files.list(dropped.archive())) {
            List<Path> segments = files.filter(
                            file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                    .sorted()
                    .toList();
            assertThat(segments).hasSizeGreaterThan(3);
            for (Path file : segments) {
                if (!file.equals(segments.get(1))) {
                    Files.copy(file, directory.resolve(String.valueOf(file.getFileName())));
                }
            }
            Outcome outcome = find("--archive", directory.toString());

            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.out()).contains("xid " + dropped.xid(DROP));
            assertThat(outcome.err())
                    .contains("error: segment " + segments.get(1).getFileName() + " is missing");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {14, NEWEST})
    void bisectsToTheCommitThatRuinedTheRows(int major) throws Exception {
        String story = """
                UPDATE accounts SET balance = 90 WHERE id = 1;
                INSERT INTO kept VALUES (1001);
                INSERT INTO kept VALUES (1002);
                INSERT INTO kept VALUES (1003);
                UPDATE accounts SET balance = 0;
                INSERT INTO kept VALUES (1004);
                INSERT INTO kept VALUES (1005);
                INSERT INTO kept VALUES (1006)
                """;
        try (DamagedSource source = DamagedSource.make(major, story)) {
            Outcome outcome = where(source, "SELECT sum(balance) > 0 FROM accounts");

            assertThat(outcome.code()).as(outcome.err()).isZero();
            assertThat(outcome.out())
                    .containsPattern("(?m)^last true +20\\S+Z, xid " + source.xid(3) + ", LSN \\S+$")
                    .containsPattern("(?m)^first not true +20\\S+Z, xid " + source.xid(4) + ", LSN \\S+$")
                    .contains("--target-xid " + source.xid(4) + " --target-exclusive --target-timeline 1");
            assertThat(outcome.err())
                    .startsWith("assuming that the condition holds up to some commit")
                    .containsOnlyOnce("pitrproof: sandbox: process, PostgreSQL " + major);
            List<String> probes = outcome.err()
                    .lines()
                    .filter(line -> line.startsWith("probe "))
                    .toList();
            assertThat(probes.get(0)).isEqualTo("probe 1 of about 5: before the first commit behind the backup: true");
            assertThat(probes.get(1)).matches("probe 2 of about 5: 20\\S+Z, xid " + source.xid(7) + ": false");
            assertThat(probes).hasSizeBetween(4, 5);
        }
    }

    @Test
    void aTableThatIsNotThereMakesTheConditionFalse() {
        Outcome outcome = where(dropped, "EXISTS (SELECT FROM accounts WHERE id = 7)", "--json");

        assertThat(outcome.code()).as(outcome.err()).isZero();
        JsonNode found = new ObjectMapper().readTree(outcome.out());
        assertThat(found.get("xid").toString()).isEqualTo(dropped.xid(DROP));
        assertThat(found.get("lastTrue").get("xid").toString()).isEqualTo(dropped.xid(2));
        assertThat(found.get("note").asString()).isEqualTo("relation \"accounts\" does not exist");
        assertThat(found.get("relations").get(0).get("what").asString()).isEqualTo("dropped");
    }

    /** While recovery is paused, the table is locked by the transaction that is about to drop it. */
    @Test
    void aLockOfATransactionInProgressIsNoAnswer() throws Exception {
        try (DamagedSource source = DamagedSource.make(NEWEST, DamagedSource.DROP_IN_PROGRESS)) {
            Outcome outcome = where(source, "EXISTS (SELECT FROM accounts WHERE id = 7)", "--json");

            assertThat(outcome.code()).as(outcome.err()).isZero();
            JsonNode found = new ObjectMapper().readTree(outcome.out());
            assertThat(found.get("relations").get(0).get("name").asString()).isEqualTo("accounts");
            assertThat(found.get("lastTrue").get("xid").asInt())
                    .as("the other transaction began later and was through sooner")
                    .isEqualTo(found.get("xid").asInt() + 1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | true                       | error: the condition still holds after the last commit, xid ",
                "1 | 1 = 2                      | error: the condition does not hold at the earliest provable point",
                "1 | EXISTS (SELECT FROM nowhere) | relation \"nowhere\" does not exist",
                "2 | SELECT 1                   | the condition returns type int4: expected one boolean",
                "2 | SELECT true FROM kept      | the condition returns several rows: expected one boolean",
                "2 | SELECT FROM WHERE          | the server does not understand the condition: syntax error",
                "3 | 1/0 = 1                    | the restored cluster could not answer: ERROR: division by zero",
            })
    void aConditionThatTellsNothingIsSaidSo(int code, String condition, String message) {
        Outcome outcome = where(dropped, condition);

        assertThat(outcome.err()).contains(message);
        assertThat(outcome.code()).isEqualTo(code);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void itAsksForWhatItNeeds() {
        String archive = dropped.archive().toString();

        assertThat(find().code()).isEqualTo(2);
        assertThat(find("--archive", archive, "--table", "accounts").err()).contains("--table=accounts needs names");
        assertThat(find("--archive", archive, "--where", "true").err()).contains("--where needs a base backup");
        assertThat(where(dropped, "true", "--table=accounts").err()).contains("expected neither --table nor --all");
        assertThat(find("--archive", directory.toString()).err()).contains("holds no WAL segments");
        assertThat(find("--archive", archive, "--backup", directory.toString()).err())
                .contains("no names: directory \"" + directory + "\" is no base backup in plain format");
    }
}
