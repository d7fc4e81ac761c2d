package dev.pitrproof.drill;

import dev.pitrproof.backup.TarBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a backup as it was taken becomes one data directory that can be copied: unpacked where it is in tar format, combined
 * where it is incremental.
 *
 * @param commands empty if it is one
 * @param word the shell's word for the data directory
 */
record StockBackup(List<String> commands, String word) {

    /**
     * @param taken the directories that it was taken into, oldest first
     * @param words the shell's words for them
     * @param name that new directories begin with
     */
    static StockBackup of(List<Path> taken, List<String> words, String name) throws IOException {
        List<String> commands = new ArrayList<>();
        List<String> plain = new ArrayList<>();
        for (int i = 0; i < taken.size(); i++) {
            String word = words.get(i);
            if (TarBackup.isTar(taken.get(i))) {
                String unpacked = name + "unpacked" + (taken.size() == 1 ? "" : "-" + (i + 1));
                commands.add("mkdir -m 700 " + unpacked + " && for f in " + word + "/base.tar*; do tar -xf \"$f\" -C "
                        + unpacked + "; done");
                commands.add("# each OID.tar: unpack it into a directory of its own, and link that from " + unpacked
                        + "/pg_tblspc/OID");
                commands.add("cp " + word + "/backup_manifest " + unpacked);
                word = "\"$PWD/" + unpacked + "\"";
            }
            plain.add(word);
        }
        if (taken.size() == 1) {
            return new StockBackup(commands, plain.get(0));
        }
        commands.add("pg_combinebackup " + String.join(" ", plain) + " -o \"$PWD/" + name + "combined\"");
        commands.add("# with tablespaces: --tablespace-mapping=OLD=NEW for each, OLD as in the newest backup");
        return new StockBackup(commands, "\"$PWD/" + name + "combined\"");
    }

    /** Empty if there is nothing to be done. */
    Optional<Explanation> explanation() {
        boolean combines = commands.stream().anyMatch(command -> command.startsWith("pg_combinebackup"));
        return commands.isEmpty()
                ? Optional.empty()
                : Optional.of(new Explanation(
                        combines ? "combine the backups" : "unpack the backup",
                        commands,
                        combines
                                ? "An incremental backup holds the blocks that have changed since the one before; only with"
                                        + " all of those, back to the full one, is it a cluster."
                                : "A server starts on a data directory, and on no archive of one."));
    }
}
