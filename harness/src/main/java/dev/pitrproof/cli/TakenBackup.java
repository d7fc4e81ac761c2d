package dev.pitrproof.cli;

import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Impact;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code basebackup} says in the end.
 *
 * @param impact null if nobody wanted to know
 */
record TakenBackup(BaseBackup backup, Impact.@Nullable OfBackup impact) {

    /** To a person: what is wrong with it, and if asked to be verbose what it is. */
    void tell(PrintWriter err, boolean verbose) {
        for (String line : backup.damage()) {
            err.println("pitrproof: error: " + line);
        }
        if (!backup.isSound()) {
            String where = isOnStdout() ? "" : " in \"" + backup.directory() + "\"";
            err.println("pitrproof: error: the backup" + where + " is complete but damaged");
            err.println("HINT: it was kept for inspection; do not rely on it");
        } else if (verbose) {
            err.printf(
                    Locale.ROOT,
                    "pitrproof: base backup of %d bytes completed in %.1f s: WAL from %s to %s%n",
                    backup.bytes(),
                    backup.took().toMillis() / 1000.0,
                    backup.startLsn(),
                    backup.stopLsn());
        }
        if (verbose && impact != null) {
            err.println("pitrproof: impact on the server: " + ImpactWords.of(impact));
        }
        err.flush();
    }

    private boolean isOnStdout() {
        return backup.directory().equals(BackupRequest.STDOUT);
    }

    /** To a program, on one line. */
    void tellAsJson(PrintWriter out) {
        // the class that knows JSON is loaded for those who want it only
        JsonLine.print(
                out,
                "basebackup",
                "directory",
                backup.directory().toString(),
                "label",
                backup.label().label(),
                "startLsn",
                backup.startLsn().toString(),
                "stopLsn",
                backup.stopLsn().toString(),
                "timeline",
                backup.timeline().value(),
                "systemIdentifier",
                Long.toUnsignedString(backup.systemIdentifier()),
                "manifestSha256",
                backup.manifestSha256(),
                "bytes",
                backup.bytes(),
                "seconds",
                backup.took().toNanos() / 1e9,
                "sound",
                backup.isSound(),
                "damage",
                backup.damage(),
                "warnings",
                backup.warnings(),
                "impact",
                impact);
    }
}
