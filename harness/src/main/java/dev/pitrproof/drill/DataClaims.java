package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.restore.TableDigest;
import dev.pitrproof.scenario.ClaimSpec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Judges the claims about data on the promoted cluster, by asking it and, where one was taken, the source's mark. */
final class DataClaims {

    private static final String SQL = "SQL on the restored cluster";
    private static final String MARK = "digest taken on the source";

    private final Connection restored;
    private final Map<String, Map<String, TableDigest>> digests;

    /** @param digests by mark, then by table */
    DataClaims(Connection restored, Map<String, Map<String, TableDigest>> digests) throws SQLException {
        this(restored, digests, Duration.ofSeconds(10));
    }

    /** @param lockTimeout how long a claim may wait for a lock */
    DataClaims(Connection restored, Map<String, Map<String, TableDigest>> digests, Duration lockTimeout)
            throws SQLException {
        this.restored = restored;
        this.digests = digests;
        try (Statement statement = restored.createStatement()) {
            statement.execute("SET lock_timeout = " + lockTimeout.toMillis() + "; SET statement_timeout = '10min'");
        }
    }

    Claim tableExists(ClaimSpec.TableExists claim) throws SQLException {
        return presence(ClaimNames.of(claim), claim.table(), true);
    }

    Claim tableAbsent(ClaimSpec.TableAbsent claim) throws SQLException {
        return presence(ClaimNames.of(claim), claim.table(), false);
    }

    private Claim presence(String name, String table, boolean expected) throws SQLException {
        boolean found = exists(table);
        return claim(
                name,
                expected == found,
                "table " + table + (expected ? " exists" : " does not exist"),
                "table " + table + (found ? " exists" : " does not exist"),
                expected ? "the target may lie behind the accident" : "the target may lie before the accident",
                List.of(SQL));
    }

    Claim sameAs(ClaimSpec.SameAs claim) throws SQLException {
        String name = ClaimNames.of(claim);
        TableDigest expected = digests.getOrDefault(claim.mark(), Map.of()).get(claim.table());
        if (expected == null) {
            return new Claim(
                    name,
                    Verdict.UNPROVEN,
                    FindingCode.NOTHING_TO_PROVE.name(),
                    "table " + claim.table() + " as it was at mark " + claim.mark(),
                    "no digest was taken at that mark",
                    null,
                    List.of());
        }
        if (!exists(claim.table())) {
            return claim(
                    name,
                    false,
                    expected.toString(),
                    "table " + claim.table() + " does not exist",
                    HINT,
                    List.of(SQL, MARK));
        }
        TableDigest found = TableDigest.of(restored, claim.table());
        return claim(name, found.equals(expected), expected.toString(), found.toString(), HINT, List.of(SQL, MARK));
    }

    private static final String HINT = "the target may lie before or behind the mark";

    Claim query(ClaimSpec.Query claim) throws SQLException {
        String found;
        // a query that the server does not understand shows nothing, neither for the restore nor against it
        try (Statement statement = restored.createStatement();
                ResultSet row = statement.executeQuery(claim.sql())) {
            found = row.next() ? String.valueOf(row.getString(1)) : "no row";
        } catch (SQLException e) {
            if (!BreakOff.isStatement(e)) {
                throw e;
            }
            return new Claim(
                    ClaimNames.of(claim),
                    Verdict.UNPROVEN,
                    FindingCode.NOTHING_TO_PROVE.name(),
                    claim.expected(),
                    "the query failed: " + BreakOff.inWords(e),
                    "correct the query; whether a table is there is what table-exists and table-absent are for",
                    List.of());
        }
        return claim(
                ClaimNames.of(claim),
                found.equals(claim.expected()),
                claim.expected(),
                found,
                "run the query on the source at the moment of the target to see what was true then",
                List.of(SQL));
    }

    private boolean exists(String table) throws SQLException {
        try (PreparedStatement ask = restored.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
            ask.setString(1, table);
            try (ResultSet row = ask.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static Claim claim(
            String name, boolean holds, String expected, String found, String hint, List<String> witnesses) {
        return new Claim(
                name,
                holds ? Verdict.PROVEN : Verdict.REFUTED,
                (holds ? FindingCode.DATA_AS_CLAIMED : FindingCode.DATA_DIFFERS).name(),
                expected,
                found,
                holds ? null : hint,
                witnesses);
    }
}
