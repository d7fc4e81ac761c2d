package dev.pitrproof.cli;

import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Impact;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code basebackup} says in the end.
 *
 * @param impact null if nobody wanted to know
 */
record TakenBackup(BaseBackup backup, Impact.@Nullable OfBackup impact) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

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
        Map<String, @Nullable Object> line = new LinkedHashMap<>();
        line.put("event", "basebackup");
        line.put("directory", backup.directory().toString());
        line.put("label", backup.label().label());
        line.put("startLsn", backup.startLsn().toString());
        line.put("stopLsn", backup.stopLsn().toString());
        line.put("timeline", backup.timeline().value());
        line.put("systemIdentifier", Long.toUnsignedString(backup.systemIdentifier()));
        line.put("manifestSha256", backup.manifestSha256());
        line.put("bytes", backup.bytes());
        line.put("seconds", backup.took().toNanos() / 1e9);
        line.put("sound", backup.isSound());
        line.put("damage", backup.damage());
        line.put("warnings", backup.warnings());
        line.put("impact", impact);
        out.println(JSON.writeValueAsString(line));
        out.flush();
    }
}
