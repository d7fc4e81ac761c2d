package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.restore.ClusterDatabases;
import dev.pitrproof.restore.ClusterDigest;
import dev.pitrproof.scenario.ClaimSpec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Judges claims about a promoted cluster as a whole, in all its databases. Reads only. */
final class ClusterClaims {

    private static final String SQL = "SQL on the restored cluster";

    private final ClusterDatabases restored;
    private final Map<String, ClusterDigest> digests;

    /** @param digests by mark */
    ClusterClaims(ClusterDatabases restored, Map<String, ClusterDigest> digests) {
        this.restored = restored;
        this.digests = digests;
    }

    Claim sameAs(ClaimSpec.ClusterSameAs claim) throws SQLException {
        ClusterDigest expected = digests.get(claim.mark());
        if (expected == null) {
            return open(ClaimNames.of(claim), "every table as it was at mark " + claim.mark(), "no digest was taken");
        }
        ClusterDigest found = ClusterDigest.of(restored);
        List<String> differences = expected.differencesTo(found);
        return claim(
                ClaimNames.of(claim),
                differences.isEmpty(),
                inWords(expected) + ", as at mark " + claim.mark(),
                differences.isEmpty() ? inWords(found) + ", all the same" : Excerpt.of(differences),
                "the target may lie before or behind the mark",
                List.of(SQL, "digests taken on the source"));
    }

    private static String inWords(ClusterDigest digest) {
        return String.format(
                Locale.ROOT, "%,d tables with %,d rows", digest.tables().size(), digest.rows());
    }

    Claim prepared(ClaimSpec.PreparedTransactions claim) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = restored.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT gid FROM pg_prepared_xacts")) {
            while (row.next()) {
                found.add(row.getString(1));
            }
        }
        return claim(
                ClaimNames.of(claim),
                new TreeSet<>(claim.gids()).equals(new TreeSet<>(found)),
                inWords(claim.gids()),
                inWords(found),
                "pg_prepared_xacts shows them; the target may lie before one was prepared, or behind its end",
                List.of(SQL));
    }

    private static String inWords(List<String> gids) {
        return gids.isEmpty()
                ? "no prepared transaction is open"
                : "prepared and still open: " + String.join(", ", new TreeSet<>(gids));
    }

    Claim sequences(ClaimSpec.SequencesNotBehind claim) throws SQLException {
        List<String> behind = new ArrayList<>();
        List<String> notCompared = new ArrayList<>();
        int compared = 0;
        for (String database : restored.names()) {
            try (Connection connection = restored.connect(database)) {
                SequenceCheck check = SequenceCheck.in(connection, database);
                for (SequenceCheck.Feeding feeding : check.feedings()) {
                    if (feeding.isComparable()) {
                        check.behind(feeding).ifPresent(behind::add);
                        compared++;
                    } else {
                        notCompared.add(feeding.sequence() + " in database " + database);
                    }
                }
            }
        }
        String expected = "no sequence will hand out what the column that it feeds has already";
        if (compared == 0) {
            return open(ClaimNames.of(claim), expected, "no sequence feeds a column by itself" + rest(notCompared));
        }
        return claim(
                ClaimNames.of(claim),
                behind.isEmpty(),
                expected,
                behind.isEmpty()
                        ? compared + " compared with the columns that they feed" + rest(notCompared)
                        : Excerpt.of(behind),
                "look whether it is so on the source, too; setval() moves a sequence on",
                List.of(SQL));
    }

    private static String rest(List<String> notCompared) {
        return notCompared.isEmpty()
                ? ""
                : "; not compared, for they cycle or do not feed a number as it is: " + Excerpt.of(notCompared);
    }

    private static Claim open(String name, String expected, String found) {
        return new Claim(name, Verdict.UNPROVEN, FindingCode.NOTHING_TO_PROVE.name(), expected, found, null, List.of());
    }

    private static Claim claim(
            String name, boolean holds, String expected, String found, @Nullable String hint, List<String> witnesses) {
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
