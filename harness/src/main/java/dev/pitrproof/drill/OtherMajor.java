package dev.pitrproof.drill;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.TargetClaim;
import java.io.IOException;
import java.util.List;

/**
 * A restore with a PostgreSQL of another major version than the source's: refused before a byte is copied, as the server
 * itself would refuse to start ({@code ValidatePgVersion} of miscinit.c).
 *
 * @param asked the version that is to restore the backup
 * @param taken the version whose backup it is
 */
record OtherMajor(int asked, int taken) {

    /** @param wal where the WAL is, whose pages tell their version too */
    Claim refused(String label, WalOpener wal) throws IOException {
        int ofWal;
        try (WalArchive archive = wal.open()) {
            ofWal = archive.walMajor();
        }
        return new Claim(
                TargetClaim.NAME,
                Verdict.UNPROVEN,
                FindingCode.ENGINE_CANNOT_JUDGE.name(),
                "a backup of PostgreSQL " + asked + ", to be restored with PostgreSQL " + asked,
                "backup \"" + label + "\" is of PostgreSQL " + taken + " (its PG_VERSION), and its WAL of PostgreSQL "
                        + ofWal + " (its page headers): no server of another major version starts on it",
                "restore it with PostgreSQL " + taken + ", and take the data on from there: "
                        + (asked > taken
                                ? "pg_upgrade, or a dump that is loaded into " + asked
                                : "a dump that is loaded into " + asked + ", as far as " + asked
                                        + " knows what is in it"),
                List.of("PG_VERSION", "WAL"));
    }

    /** By hand. */
    Explanation explanation(String label) {
        return new Explanation(
                "see whose backup it is",
                List.of(
                        "cat \"$BACKUPS/" + label + "/PG_VERSION\"   # " + taken,
                        "postgres --version   # of " + asked
                                + ", which would end with: FATAL:  database files are incompatible with server"),
                "The form of data files and WAL changes with each major version, so a base backup outlives no upgrade:"
                        + " keep the old programs as long as the old backups, and take a new backup right after"
                        + " pg_upgrade.");
    }
}
