package dev.pitrproof.drill;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Where {@code cp} finds the segments of a restore under the names that PostgreSQL asks for: in the archive, or where that
 * keeps them in another form, in a copy.
 *
 * @param commands that make the copy; empty if the archive itself will do
 * @param place the shell's name of the directory, such as {@code $ARCHIVE}
 */
record StockWal(List<String> commands, String place) {

    /** @param name that new directories begin with */
    static StockWal of(RestorePlan plan, String name) throws IOException {
        WalArchive archive = plan.archive();
        if (archive.store().directory().isEmpty()) {
            return new StockWal(List.of(), "$ARCHIVE"); // a copy in any case
        }
        Set<String> wanted = plan.segments().stream().map(SegmentName::fileName).collect(Collectors.toSet());
        if (archive.holdsPlain(wanted)) {
            return new StockWal(List.of(), "$ARCHIVE");
        }
        List<String> stored = archive.store().fileNames().stream()
                .filter(file -> wanted.stream().anyMatch(file::startsWith))
                .toList();
        List<String> commands = new ArrayList<>();
        commands.add("WAL=$PWD/" + name + "-wal && mkdir \"$WAL\" && cp \"$ARCHIVE\"/0* \"$WAL\"");
        unpack(stored, ".gz", "gzip -d", commands);
        unpack(stored, ".zst", "zstd -dq --rm", commands);
        unpack(stored, ".lz4", "lz4 -dqm --rm", commands);
        if (stored.stream().anyMatch(file -> file.contains(".partial"))) {
            commands.add("for f in \"$WAL\"/*.partial; do mv -n \"$f\" \"${f%.partial}\"; done");
        }
        return new StockWal(commands, "$WAL");
    }

    private static void unpack(List<String> stored, String suffix, String program, List<String> commands) {
        if (stored.stream().anyMatch(file -> file.endsWith(suffix))) {
            commands.add(program + " \"$WAL\"/*" + suffix);
        }
    }

    /** Empty if there is nothing to be done. */
    Optional<Explanation> explanation() {
        return commands.isEmpty()
                ? Optional.empty()
                : Optional.of(new Explanation(
                        "make the WAL ready to be copied",
                        commands,
                        "A server asks for segments by their plain names; archives compress them, and have only a .partial"
                                + " of the one in which a timeline was left."));
    }
}
