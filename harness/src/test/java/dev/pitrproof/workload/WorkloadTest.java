package dev.pitrproof.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.pitrproof.restore.TableDigest;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients at work on a real server, and what they say they were told; also the digest of tables. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class WorkloadTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static Sandbox sandbox;
    private static Cluster server;

    private final Journal journal = new Journal();
    private Connection sql;

    @BeforeAll
    static void startAServer() throws Exception {
        sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}));
        server = sandbox.createSource(SourceSettings.of(Map.of()));
        server.awaitReady(PATIENCE);
    }

    @AfterAll
    static void stopIt() throws Exception {
        sandbox.close();
    }

    @BeforeEach
    void prepare() throws SQLException {
        sql = open();
        execute("DROP TABLE IF EXISTS pitrproof_ledger, accounts, one, other");
        execute("CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL)");
        execute("INSERT INTO accounts SELECT g, 100 FROM generate_series(1, 50) g");
        Workload.prepare(sql);
    }

    @AfterEach
    void disconnect() throws SQLException {
        sql.close();
    }

    private static Connection open() throws SQLException {
        return server.connection().openSql("postgres");
    }

    private void execute(String statement) throws SQLException {
        try (Statement run = sql.createStatement()) {
            run.execute(statement);
        }
    }

    private long number(String query) throws SQLException {
        try (Statement ask = sql.createStatement();
                ResultSet row = ask.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private Workload start(WorkKind kind) throws SQLException {
        return Workload.start(open(), journal, kind, kind == WorkKind.LEDGER ? null : "accounts", 2000, new Random(1));
    }

    private void awaitCount(Outcome outcome, long atLeast) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> journal.count(outcome) >= atLeast);
    }

    @Test
    void everyAcknowledgedCommitIsInTheLedgerUnderItsNumberAndXid() throws Exception {
        try (Workload workload = start(WorkKind.TRANSFERS)) {
            awaitCount(Outcome.ACKNOWLEDGED, 50);
        }

        List<JournalEntry> entries = journal.entries();
        assertThat(entries).extracting(JournalEntry::number).isSorted().doesNotHaveDuplicates();
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.outcome()).isEqualTo(Outcome.ACKNOWLEDGED);
            assertThat(entry.before()).isNotNull();
            assertThat(entry.after()).isNotNull().isGreaterThanOrEqualTo(entry.before());
            assertThat(number("SELECT xmin::text::bigint FROM pitrproof_ledger WHERE entry = " + entry.number()))
                    .isEqualTo(entry.xid());
        });
        assertThat(number("SELECT count(*) FROM pitrproof_ledger")).isEqualTo(entries.size());
        assertThat(number("SELECT sum(balance) FROM accounts")).isEqualTo(5000);
    }

    @Test
    void whileItIsHeldNoTransactionIsInFlight() throws Exception {
        try (Workload workload = start(WorkKind.LEDGER)) {
            for (int i = 0; i < 20; i++) {
                awaitCount(Outcome.ACKNOWLEDGED, 1 + journal.entries().size());
                workload.hold();
                int held = journal.entries().size();
                assertThat(number("SELECT count(*) FROM pg_stat_activity WHERE state LIKE '%transaction%'"
                                + " OR (backend_xid IS NOT NULL AND pid <> pg_backend_pid())"))
                        .isZero();
                assertThat(number("SELECT count(*) FROM pitrproof_ledger")).isEqualTo(held);
                execute("SELECT pg_sleep(0.005)");
                assertThat(journal.entries()).hasSize(held);
                workload.release();
            }
        }
    }

    @Test
    void aRefusedStatementIsRecordedAndTheLedgerGoesOn() throws Exception {
        try (Workload workload = start(WorkKind.TRANSFERS)) {
            awaitCount(Outcome.ACKNOWLEDGED, 10);
            execute("DROP TABLE accounts");
            awaitCount(Outcome.REFUSED, 5);
            long before = journal.count(Outcome.ACKNOWLEDGED);
            awaitCount(Outcome.ACKNOWLEDGED, before + 5);
        }

        assertThat(journal.entries())
                .filteredOn(entry -> entry.outcome() == Outcome.REFUSED)
                .allSatisfy(entry ->
                        assertThat(entry.refusal()).startsWith("42P01 ERROR: relation \"accounts\" does not exist"));
        Set<Long> refused = journal.entries().stream()
                .filter(entry -> entry.outcome() == Outcome.REFUSED)
                .map(JournalEntry::number)
                .collect(Collectors.toSet());
        assertThat(refused)
                .allSatisfy(entry -> assertThat(number("SELECT count(*) FROM pitrproof_ledger WHERE entry = " + entry))
                        .isZero());
    }

    @Test
    void aCommitThatIsRefusedIsNoDoubt() throws Exception {
        execute("CREATE TABLE one (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
        execute("INSERT INTO one VALUES (1)");
        try (Connection connection = open()) {
            connection.setAutoCommit(false);
            Ledger.of(connection, journal).commit(new Work(List.of(), "twice AS (INSERT INTO one VALUES (1))"));
        }

        assertThat(journal.entries())
                .extracting(JournalEntry::outcome)
                .containsExactly(Outcome.REFUSED, Outcome.ACKNOWLEDGED);
        assertThat(journal.entries().get(0).refusal()).startsWith("23505 ");
        assertThat(journal.entries().get(0).xid()).as("it had one by then").isNotNull();
    }

    @Test
    void aKilledConnectionLeavesItsTransactionInDoubtAndTheWorkloadSaysSo() throws Exception {
        Workload workload = start(WorkKind.LEDGER);
        awaitCount(Outcome.ACKNOWLEDGED, 5);
        workload.hold();
        sql.setAutoCommit(false);
        execute("LOCK TABLE pitrproof_ledger IN EXCLUSIVE MODE");
        workload.release();
        String waiting = " FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT%'";
        await().atMost(PATIENCE).until(() -> number("SELECT count(*)" + waiting) == 1);
        execute("SELECT pg_terminate_backend(pid)" + waiting);
        sql.commit();
        sql.setAutoCommit(true);
        awaitCount(Outcome.IN_DOUBT, 1);

        assertThatExceptionOfType(SQLException.class).isThrownBy(workload::hold);
        workload.close();
        List<JournalEntry> entries = journal.entries();
        assertThat(entries)
                .filteredOn(entry -> entry.outcome() == Outcome.IN_DOUBT)
                .hasSize(1);
        assertThat(entries.get(entries.size() - 1).outcome()).isEqualTo(Outcome.IN_DOUBT);
        assertThat(entries.get(entries.size() - 1).refusal()).isNotBlank();
        assertThat(number("SELECT count(*) FROM pitrproof_ledger")).isEqualTo(journal.count(Outcome.ACKNOWLEDGED));
    }

    /** Wherever the blow falls, no commit that was answered is forgotten and no other is claimed. */
    @Test
    void aConnectionKilledAtAnyMomentLeavesATrueJournal() throws Exception {
        for (int i = 0; i < 10; i++) {
            long before = journal.count(Outcome.ACKNOWLEDGED);
            Workload workload = start(WorkKind.LEDGER);
            awaitCount(Outcome.ACKNOWLEDGED, before + 3);
            execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
            workload.close();
            assertThat(journal.entries())
                    .filteredOn(entry -> entry.outcome() == Outcome.REFUSED)
                    .isEmpty();
            assertThat(number("SELECT count(*) FROM pitrproof_ledger"))
                    .isBetween(
                            journal.count(Outcome.ACKNOWLEDGED),
                            journal.count(Outcome.ACKNOWLEDGED) + journal.count(Outcome.IN_DOUBT));
        }
    }

    @Test
    void aTableWithNothingToMoveIsRefusedAndTheConnectionClosed() throws Exception {
        execute("DELETE FROM accounts WHERE id > 1");
        Connection connection = open();

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(
                        () -> Workload.start(connection, journal, WorkKind.TRANSFERS, "accounts", 10, new Random(1)))
                .withMessageContaining("fewer than two rows");
        assertThat(connection.isClosed()).isTrue();
    }

    @Test
    void theSameSeedMakesTheSameMoves() throws Exception {
        for (String table : List.of("one", "other")) {
            execute("TRUNCATE pitrproof_ledger");
            execute("CREATE TABLE " + table + " AS SELECT g AS id, 100 AS balance FROM generate_series(1, 50) g");
            // a log of the first moves, for nobody can stop a workload after exactly as many
            execute("CREATE TABLE IF NOT EXISTS moves (of text, id int, balance int, nth serial)");
            execute("CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                    + " INSERT INTO moves VALUES (TG_TABLE_NAME, NEW.id, NEW.balance); RETURN NEW; END $$");
            execute("CREATE TRIGGER note BEFORE UPDATE ON " + table + " FOR EACH ROW EXECUTE FUNCTION note()");
            Journal own = new Journal();
            try (Workload workload = Workload.start(open(), own, WorkKind.TRANSFERS, table, 2000, new Random(7))) {
                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> own.entries().size() >= 20);
            }
        }

        String firstMoves = "SELECT string_agg(id || ' ' || balance, ', ' ORDER BY nth)"
                + " FROM (SELECT * FROM moves WHERE of = '%s' ORDER BY nth LIMIT 40) AS m";
        assertThat(text(String.format(firstMoves, "one"))).isEqualTo(text(String.format(firstMoves, "other")));
        execute("DROP TABLE moves");
    }

    private String text(String query) throws SQLException {
        try (Statement ask = sql.createStatement();
                ResultSet row = ask.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void theJournalIsOneObjectALine(@TempDir Path directory) throws Exception {
        try (Connection connection = open()) {
            connection.setAutoCommit(false);
            Ledger ledger = Ledger.of(connection, journal);
            ledger.commit(Work.NONE);
            ledger.commit(new Work(List.of(), "no AS (UPDATE \"no \"\"such\"\" table\" SET a = 1)"));
        }
        Path file = directory.resolve("journal.jsonl");
        journal.writeTo(file);

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(3);
        JournalEntry first = journal.entries().get(0);
        assertThat(lines.get(0))
                .isEqualTo("{\"number\":1,\"outcome\":\"ACKNOWLEDGED\",\"timeline\":1,\"xid\":" + first.xid()
                        + ",\"before\":\""
                        + first.before() + "\",\"after\":\"" + first.after() + "\",\"started\":\"" + first.started()
                        + "\",\"ended\":\"" + first.ended() + "\"}");
        assertThat(lines.get(1))
                .contains("\"outcome\":\"REFUSED\"")
                .contains("\"refusal\":\"42P01 ERROR: relation \\\"no \\\"such\\\" table\\\" does not exist");
    }

    private TableDigest digest(String rows) throws SQLException {
        execute("DROP TABLE IF EXISTS one");
        execute("CREATE TABLE one AS SELECT * FROM (VALUES " + rows + ") AS r (a, b)");
        return TableDigest.of(sql, "one");
    }

    @Test
    void aDigestIsOfTheRowsWhateverTheirOrder() throws SQLException {
        TableDigest digest = digest("(1, 'x'), (2, 'y')");

        assertThat(digest("(2, 'y'), (1, 'x')")).isEqualTo(digest);
        assertThat(digest("(1, 'x'), (2, 'z')")).isNotEqualTo(digest);
        assertThat(digest("(1, 'y'), (2, 'x')")).isNotEqualTo(digest);
        assertThat(digest("(1, 'x')")).isNotEqualTo(digest);
    }

    @Test
    void aDigestCountsDuplicates() throws SQLException {
        assertThat(digest("(1, 'x'), (1, 'x')")).isNotEqualTo(digest("(1, 'x')"));
        assertThat(digest("(1, 'x'), (1, 'x'), (2, 'y')")).isNotEqualTo(digest("(1, 'x'), (2, 'y'), (2, 'y')"));
    }

    @Test
    void aDigestTellsNullFromTheEmptyStringAndFromItsName() throws SQLException {
        assertThat(Set.of(digest("(1, NULL::text)"), digest("(1, '')"), digest("(1, 'NULL')"), digest("(1, ' ')")))
                .hasSize(4);
    }

    @Test
    void aDigestOfNoRowsIsOneToo() throws SQLException {
        execute("CREATE TABLE one (a int)");

        assertThat(TableDigest.of(sql, "one")).isEqualTo(new TableDigest(0, "0"));
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> TableDigest.of(sql, "nothing"))
                .withMessageContaining("does not exist");
        assertThat(sql.getAutoCommit()).isTrue();
        assertThat(number("SELECT 1")).as("the session is fit for more").isEqualTo(1);
    }

    @Test
    void aDigestDoesNotHangOnTheSessionsSettingsAndLeavesThemAlone() throws SQLException {
        execute("CREATE TABLE one AS SELECT now() AS at, 0.1::float8 + 0.2 AS number, interval '1 day' AS took");
        TableDigest digest = TableDigest.of(sql, "one");
        execute("SET timezone = 'Asia/Tokyo'; SET extra_float_digits = 0; SET intervalstyle = 'postgres_verbose';"
                + " SET lock_timeout = '3s'");

        assertThat(TableDigest.of(sql, "one")).isEqualTo(digest);
        try (Statement ask = sql.createStatement();
                ResultSet row =
                        ask.executeQuery("SELECT current_setting('timezone'), current_setting('lock_timeout')")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("Asia/Tokyo");
            assertThat(row.getString(2)).isEqualTo("3s");
        }
    }
}
