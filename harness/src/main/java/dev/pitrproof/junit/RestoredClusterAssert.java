package dev.pitrproof.junit;

import dev.pitrproof.drill.QuietMoment;
import dev.pitrproof.drill.RestoredCluster;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.TableDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.assertj.core.api.AbstractAssert;

/** Assertions about a restore: what was proved of it, and what the restored cluster answers. */
public final class RestoredClusterAssert extends AbstractAssert<RestoredClusterAssert, RestoredCluster> {

    RestoredClusterAssert(RestoredCluster actual) {
        super(actual, RestoredClusterAssert.class);
    }

    /** Every claim held: the backup is intact, recovery stopped exactly at the target, the archive is as it was. */
    public RestoredClusterAssert isProven() {
        isNotNull();
        if (actual.verdict() != Verdict.PROVEN) {
            throw wrong(Verdict.PROVEN.name(), actual.verdict().name());
        }
        return this;
    }

    /** Some witness contradicts a claim, and each claim that is refuted is so for this reason. */
    public RestoredClusterAssert isRefuted(FindingCode reason) {
        isNotNull();
        List<String> reasons = actual.claims().stream()
                .filter(claim -> claim.verdict() == Verdict.REFUTED)
                .map(Claim::code)
                .distinct()
                .toList();
        if (!reasons.equals(List.of(reason.name()))) {
            throw wrong(
                    Verdict.REFUTED + " " + reason,
                    reasons.isEmpty() ? actual.verdict().name() : Verdict.REFUTED + " " + String.join(", ", reasons));
        }
        return this;
    }

    /** Recovery stopped exactly where the WAL says it must for this target, by at least two witnesses. */
    public RestoredClusterAssert stoppedExactlyAtTarget() {
        isNotNull();
        Claim claim = targetClaim();
        if (!claim.code().equals(FindingCode.TARGET_EXACT.name())) {
            throw wrong(FindingCode.TARGET_EXACT.name(), claim.code());
        }
        return this;
    }

    /**
     * Recovery stopped exactly at its target, and that is at this moment: every transaction that ended up to it is
     * there, and none that ended later.
     */
    public RestoredClusterAssert stoppedExactlyAt(QuietMoment moment) {
        stoppedExactlyAtTarget();
        Prediction prediction = actual.prediction();
        long tooLate = prediction.applied().stream()
                .filter(end -> end.time().isAfter(moment.time()))
                .count();
        long tooEarly = prediction.notApplied().stream()
                .map(EndedTransaction::time)
                .filter(time -> !time.isAfter(moment.time()))
                .count();
        if (tooLate > 0 || tooEarly > 0) {
            throw failureWithActualExpected(
                    tooLate + " later ones, " + tooEarly + " missing",
                    "none later, none missing",
                    "expected the %s to have every transaction that ended up to %s and none later,%n"
                            + "but %d that ended later are there, and %d that ended up to it are missing",
                    actual,
                    moment,
                    tooLate,
                    tooEarly);
        }
        return this;
    }

    private Claim targetClaim() {
        return actual.claims().stream()
                .filter(claim -> claim.claim().equals(TargetClaim.NAME))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("every restore claims that it reached its target"));
    }

    /** @param table an SQL name, quoted where needed */
    public RestoredClusterAssert hasTable(String table) {
        if (!exists(table)) {
            throw failure("expected the %s to have the table %s, but it does not exist", actual, table);
        }
        return this;
    }

    /** @param table an SQL name, quoted where needed */
    public RestoredClusterAssert hasNoTable(String table) {
        if (exists(table)) {
            throw failure("expected the %s not to have the table %s, but it exists", actual, table);
        }
        return this;
    }

    /**
     * The table holds exactly the rows that a table of the source held when its digest was taken.
     *
     * @param expected from {@link dev.pitrproof.drill.SourceCluster#digest}
     */
    public RestoredClusterAssert hasTable(String table, TableDigest expected) {
        hasTable(table);
        TableDigest found = ask(connection -> TableDigest.of(connection, table));
        if (!found.equals(expected)) {
            throw failureWithActualExpected(
                    found,
                    expected,
                    "expected the table %s of the %s to hold%n  %s%nbut it holds%n  %s",
                    table,
                    actual,
                    expected,
                    found);
        }
        return this;
    }

    /**
     * The query's first value is the expected one.
     *
     * @param expected as PostgreSQL prints it; {@code null} is NULL, and no row is {@code no row}
     */
    public RestoredClusterAssert answers(String sql, String expected) {
        String found = ask(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                return row.next() ? String.valueOf(row.getString(1)) : "no row";
            }
        });
        if (!found.equals(expected)) {
            throw failureWithActualExpected(
                    found,
                    expected,
                    "expected the %s to answer%n  %s%nwith%n  %s%nbut it answered%n  %s",
                    actual,
                    sql,
                    expected,
                    found);
        }
        return this;
    }

    private boolean exists(String table) {
        return ask(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
                statement.setString(1, table);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() && row.getBoolean(1);
                }
            }
        });
    }

    private interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private <T> T ask(Question<T> question) {
        isNotNull();
        if (!actual.isUp()) {
            throw wrong("a cluster that can be asked", "no cluster");
        }
        try (Connection connection = actual.connect()) {
            return question.ask(connection);
        } catch (SQLException e) {
            AssertionError failure = failure("expected the %s to answer, but it said%n  %s", actual, e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    /** With what was claimed and found, for whoever reads the failure. */
    private AssertionError wrong(String expected, String found) {
        StringBuilder claims = new StringBuilder();
        for (Claim claim : actual.claims()) {
            if (claim.verdict() != Verdict.PROVEN) {
                claims.append(String.format(
                        "%n%s: %s: expected %s, found %s",
                        claim.claim(), claim.code(), claim.expected(), claim.found()));
                if (claim.hint() != null) {
                    claims.append(String.format("%nHINT: %s", claim.hint()));
                }
            }
        }
        return failureWithActualExpected(
                found, expected, "expected the %s to be %s, but it is %s%s", actual, expected, found, claims);
    }
}
