package dev.pitrproof.cli;

import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.drill.Explanation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The commands of PostgreSQL's own that a {@code basebackup} stands for. */
final class StockBasebackup {

    /** Those that say where the server is, and ours. */
    private static final Set<String> LEFT_OUT = Set.of(
            "--host",
            "--port",
            "--username",
            "--dbname",
            "--no-password",
            "--password",
            "--status-interval",
            "--explain",
            "--json");

    private StockBasebackup() {}

    /**
     * @param options as they were given
     * @param directory where the backup goes
     * @param label as the server is told
     */
    static List<Explanation> of(
            ParseResult options, String directory, String label, boolean plain, boolean hasManifest, boolean isFast) {
        List<Explanation> steps = new ArrayList<>();
        String quoted = "'" + label.replace("'", "''") + "'";
        steps.add(new Explanation(
                "take the base backup",
                List.of(command(options, label)),
                "The cluster's files are copied while the server runs, and its WAL beside them: the files alone are of many"
                        + " moments, and only replaying that WAL makes one of them."));
        if (plain) {
            steps.add(new Explanation(
                    "what the server does for it, by hand, in one session that stays open",
                    List.of(
                            "# psql:  SELECT pg_backup_start(" + quoted + ", " + isFast + ");",
                            "# shell: copy the data directory, but for pg_wal and postmaster.pid",
                            "# psql:  SELECT labelfile FROM pg_backup_stop();   -- goes into the file backup_label",
                            "# shell: add to pg_wal every segment between the two positions"),
                    "Its checkpoint is where replay must begin, and backup_label tells recovery so; without that file it"
                            + " would begin too late, and nobody would notice. (PostgreSQL 14 says pg_start_backup.)"));
        }
        if (hasManifest && !directory.equals(BackupRequest.STDOUT.toString())) {
            steps.add(new Explanation(
                    "compare it with its manifest",
                    List.of("pg_verifybackup " + word(directory)),
                    "A file that is damaged on the way is found now; this client does it while the backup streams."));
        }
        return steps;
    }

    private static String command(ParseResult options, String label) {
        StringBuilder command = new StringBuilder("pg_basebackup");
        boolean hasLabel = false;
        for (OptionSpec option : options.matchedOptions()) {
            String name = option.longestName();
            if (LEFT_OUT.contains(name)) {
                continue;
            }
            hasLabel |= name.equals("--label");
            if (option.arity().max() == 0) {
                command.append(' ').append(name);
            } else {
                for (String value : option.originalStringValues()) {
                    command.append(' ').append(name).append('=').append(word(value));
                }
            }
        }
        return hasLabel
                ? command.toString()
                : command.append(" --label=").append(word(label)).toString();
    }

    private static String word(String text) {
        return text.matches("[A-Za-z0-9_./:,=+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
