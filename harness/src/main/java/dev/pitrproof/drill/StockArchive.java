package dev.pitrproof.drill;

import dev.pitrproof.scenario.ArchiveMethod;
import dev.pitrproof.scenario.Step;
import java.util.ArrayList;
import java.util.List;

/** What a story does to its archive, as somebody would do it by hand. */
final class StockArchive {

    private static final String RECEIVE = "pg_receivewal -p " + StockStory.SOURCE_PORT
            + " -D \"$ARCHIVE\" --slot=archive --synchronous & RECEIVER=$!";

    private final ArchiveMethod method;

    StockArchive(ArchiveMethod method) {
        this.method = method;
    }

    /** How a server's WAL begins to be received. */
    static List<String> receive(int port) {
        return List.of(slot(port), RECEIVE);
    }

    private static String slot(int port) {
        return "pg_receivewal -p " + port + " --slot=archive --create-slot";
    }

    Explanation pause() {
        return new Explanation(
                "hold the archive",
                switch (method) {
                    case COMMAND -> commandIs("");
                    case RECEIVER -> List.of("kill -INT $RECEIVER");
                    case NONE -> List.of();
                },
                "Complete segments stay in the server's pg_wal, where they fill its disk; what is not in the archive is"
                        + " out of a restore's reach.");
    }

    Explanation resume() {
        return new Explanation(
                "let the archive go on",
                switch (method) {
                    case COMMAND -> commandIs(StockStory.ARCHIVE_COMMAND);
                    case RECEIVER -> List.of(RECEIVE);
                    case NONE -> List.of();
                },
                "What was held back comes first, in its order, so that there is no gap.");
    }

    /** A here-document that the shell looks through, for the places in the command. */
    private static List<String> commandIs(String command) {
        return List.of(StockStory.PSQL + " -v ON_ERROR_STOP=1 <<SQL\nALTER SYSTEM SET archive_command = '" + command
                + "';\nSELECT pg_reload_conf();\nSQL");
    }

    static Explanation delay(Step.DelayArchive step) {
        String by = ObjectiveClaims.inWords(step.by());
        return new Explanation(
                "let the archive lag by " + by,
                List.of("# nothing to do yet: when the story has " + by + " left, the archive is held"),
                "However soon the archive catches up, what was completed in the last " + by
                        + " before a disaster is not there.");
    }

    static Explanation lose() {
        return new Explanation(
                "remember the segment that is being written",
                List.of("LOST=\"${LOST-} $(" + StockStory.PSQL
                        + " -Atc 'SELECT pg_walfile_name(pg_current_wal_insert_lsn())')\""),
                "It is going to be lost, but has to get into the archive before.");
    }

    static Explanation corrupt() {
        return new Explanation(
                "remember where the next record begins",
                List.of("DAMAGED=\"${DAMAGED-} $(" + StockStory.PSQL
                        + " -AtF: -c 'SELECT * FROM pg_walfile_name_offset(pg_current_wal_insert_lsn())')\""),
                "A bit of it is going to flip, once its segment is in the archive.");
    }

    /** What is done to the complete archive. */
    static List<Explanation> strike(boolean damages, boolean losses) {
        List<Explanation> steps = new ArrayList<>();
        if (damages) {
            steps.add(new Explanation(
                    "damage the archive",
                    List.of("""
                            for place in $DAMAGED; do
                              file="$ARCHIVE/${place%:*}" at=$((${place#*:} + 4))
                              byte=$(od -An -tu1 -j $at -N 1 "$file")
                              printf "\\\\$(printf %03o $((byte ^ 16)))" | dd of="$file" bs=1 seek=$at conv=notrunc
                            done"""),
                    "The record's checksum does not match any more, and recovery takes that for the end of the WAL."));
        }
        if (losses) {
            steps.add(new Explanation(
                    "lose a segment",
                    List.of("for file in $LOST; do rm \"$ARCHIVE/$file\"; done"),
                    "Recovery gets as far as the segment before, whatever comes behind."));
        }
        return steps;
    }

    /** What keeps the WAL going into the archive when the standby takes over: before it does, and behind it. */
    List<String> beforePromotion() {
        return method == ArchiveMethod.RECEIVER
                ? List.of(slot(StockStory.STANDBY_PORT), "kill -INT $RECEIVER")
                : List.of();
    }

    List<String> afterPromotion() {
        return method == ArchiveMethod.RECEIVER ? List.of(RECEIVE) : List.of();
    }

    /** When the server is down. */
    List<String> end() {
        return method == ArchiveMethod.RECEIVER ? List.of("kill -INT $RECEIVER") : List.of();
    }
}
