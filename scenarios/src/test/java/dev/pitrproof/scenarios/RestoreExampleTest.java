package dev.pitrproof.scenarios;

import static dev.pitrproof.junit.RestoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.pitrproof.drill.QuietMoment;
import dev.pitrproof.drill.RestoredCluster;
import dev.pitrproof.drill.SourceCluster;
import dev.pitrproof.junit.WithSourceCluster;
import dev.pitrproof.restore.TableDigest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An example to copy: a bank's accounts, a base backup, a day's work, and somebody who drops the table.
 *
 * <p>Each test gets a PostgreSQL server of its own, whose WAL is archived from the start. Whatever the test does to it,
 * the server, its backups and all that was restored from them are gone when the test is over.
 */
@WithSourceCluster
class RestoreExampleTest {

    @BeforeEach
    void openTheBank(SourceCluster source) throws Exception {
        source.execute("CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL)");
        source.execute("INSERT INTO accounts SELECT g, 100 FROM generate_series(1, 1000) g");
    }

    @Test
    void theAccountsAreBackAsTheyWereJustBeforeTheyWereDropped(SourceCluster source) throws Exception {
        source.takeBaseBackup("nightly");
        transferMoneyUntilAnotherSegmentOfWalIsFull(source);

        // the last good moment, and what the table holds then
        QuietMoment lastGood = source.quietMoment();
        TableDigest accounts = source.digest("accounts");

        source.execute("DROP TABLE accounts");
        source.execute("CREATE TABLE complaints (complaint text)");

        RestoredCluster restored = source.restoreTo(lastGood);

        assertThat(restored)
                .isProven() // backup intact, target reached exactly, archive untouched
                .stoppedExactlyAt(lastGood) // every transaction up to this moment, and none behind it
                .hasTable("accounts", accounts) // the same rows
                .hasNoTable("complaints")
                .answers("SELECT sum(balance) FROM accounts", "100000");
    }

    @Test
    void aRestoreToAMomentBehindTheDropIsFoundOut(SourceCluster source) throws Exception {
        source.takeBaseBackup("nightly");
        source.execute("UPDATE accounts SET balance = balance - 10 WHERE id = 1");
        source.execute("DROP TABLE accounts");
        QuietMoment tooLate = source.quietMoment();

        RestoredCluster restored = source.restoreTo(tooLate);

        // the restore itself did what it was asked to do: the server is up, and stopped where it should
        assertThat(restored).isProven().stoppedExactlyAt(tooLate);
        // only a look at the data tells that it is the wrong moment
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> assertThat(restored).hasTable("accounts"))
                .withMessageMatching(
                        "expected the restore to time \\S+ to have the table accounts, but it does not exist");
    }

    /** Work that takes as long as it takes: wait for what must be true afterwards, never for some seconds. */
    private static void transferMoneyUntilAnotherSegmentOfWalIsFull(SourceCluster source) throws SQLException {
        try (Connection connection = source.connect();
                Statement bank = connection.createStatement()) {
            String before = segment(bank);
            await().until(() -> {
                bank.execute("BEGIN; UPDATE accounts SET balance = balance - 1 WHERE id <= 500;"
                        + " UPDATE accounts SET balance = balance + 1 WHERE id > 500; COMMIT");
                return !segment(bank).equals(before);
            });
        }
    }

    private static String segment(Statement bank) throws SQLException {
        try (ResultSet row = bank.executeQuery("SELECT pg_walfile_name(pg_current_wal_lsn())")) {
            row.next();
            return row.getString(1);
        }
    }
}
