package dev.pitrproof.drill;

import dev.pitrproof.scenario.Step;
import java.util.List;

/** A dump and its restore as somebody would do them by hand. */
final class StockDump {

    private StockDump() {}

    /** How it is taken. */
    static Explanation take(Step.LogicalBackup dump) {
        return new Explanation(
                "take the logical backup " + dump.label(),
                List.of("pg_dump -p " + StockStory.SOURCE_PORT + " --format=custom --file=" + file(dump.label())
                        + " postgres"),
                "One snapshot of the rows, as SQL and data; no WAL leads on from there. pitrproof exports that snapshot"
                        + " itself (pg_export_snapshot, --snapshot), and so knows which commits are in it.");
    }

    /** @param restored fit for a directory */
    static List<Explanation> restore(String dump, String restored) {
        return List.of(
                new Explanation(
                        "make a new server",
                        List.of(
                                "RESTORED=$PWD/" + restored,
                                "initdb -D \"$RESTORED\" -U postgres --encoding=UTF8 --locale=C.UTF-8",
                                "pg_ctl -D \"$RESTORED\" -l \"$RESTORED.log\" -o \"-p " + StockRestore.PORT
                                        + " -k $PWD -c listen_addresses=\" -w start"),
                        "A dump is no cluster: it needs one to go into, and there is no recovery."),
                new Explanation(
                        "restore the dump",
                        List.of("pg_restore -p " + StockRestore.PORT
                                + " -d postgres --no-owner --no-privileges --no-tablespaces " + file(dump)),
                        "Roles, their rights and tablespaces are the cluster's and in no dump of one database; every"
                                + " index is built anew."));
    }

    /** Where a dump is, in the words of a shell. */
    private static String file(String dump) {
        return "\"$BACKUPS/" + dump + ".dump\"";
    }
}
