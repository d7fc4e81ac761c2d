package dev.pitrproof.cli;

import dev.pitrproof.find.Commit;
import dev.pitrproof.find.ConditionSearch;
import dev.pitrproof.find.DamageSearch;
import dev.pitrproof.find.Moment;
import dev.pitrproof.wal.RelationName;
import dev.pitrproof.wal.Removal;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints what {@code find} has found. */
abstract sealed class FoundPrinter {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    final PrintWriter out;

    FoundPrinter(PrintWriter out) {
        this.out = out;
    }

    /** A transaction that dropped or truncated something. */
    abstract void moment(Moment moment);

    /**
     * The commit with which a condition ceased to hold.
     *
     * @param deed that commit, with what the WAL says of it
     */
    abstract void condition(ConditionSearch.Result.Found found, Moment deed);

    void finished() {
        out.flush();
    }

    /** ISO 8601, UTC, microseconds. */
    static String time(Instant time) {
        return TIME.format(time);
    }

    /** One line about the whole search. */
    static String summary(DamageSearch.Result result, @Nullable String table) {
        int found = result.moments().size();
        StringBuilder line = new StringBuilder();
        line.append(found == 0 ? "nothing" : counted(found, "transaction"))
                .append(found == 0 ? " dropped or truncated" : " that dropped or truncated")
                .append(table == null ? (found == 0 ? "" : " something") : " " + table)
                .append(String.format(Locale.ROOT, " in %,d commits", result.commits()));
        List<String> others = new ArrayList<>();
        add(others, result.rewrites(), "only rewrote or reindexed");
        add(others, result.minor(), "removed only indexes, sequences or catalogs");
        add(others, result.fileless(), "dropped only temporary tables or views without a name here");
        if (!others.isEmpty()) {
            line.append("; left out, but listed by --all: ").append(String.join(", ", others));
        }
        return line.toString();
    }

    private static void add(List<String> others, int count, String what) {
        if (count > 0) {
            others.add(count + " that " + what);
        }
    }

    private static String counted(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /** For people. */
    static final class Text extends FoundPrinter {

        private static final int LISTED_MAX = 20;

        Text(PrintWriter out) {
            super(out);
        }

        @Override
        void moment(Moment moment) {
            Commit commit = moment.commit();
            out.println(time(commit.time()) + "  xid " + xid(commit) + ", LSN " + commit.lsn() + ", timeline "
                    + commit.timeline());
            removals(moment.removals());
            Commit before = moment.lastBefore();
            out.println("  last commit before it  " + (before == null ? "none in this archive" : inWords(before)));
            targets(commit);
        }

        @Override
        void condition(ConditionSearch.Result.Found found, Moment deed) {
            Commit held = found.lastHeld();
            Commit first = found.first();
            out.println(
                    "last true       " + (held == null ? "before the first commit behind the backup" : inWords(held)));
            out.println("first not true  " + inWords(first) + (found.note().isEmpty() ? "" : ": " + found.note()));
            removals(deed.removals());
            targets(first);
        }

        private void removals(List<Removal> removals) {
            List<Removal> whole =
                    removals.stream().filter(removal -> !isPart(removal)).toList();
            List<Removal> shown = whole.isEmpty() ? removals : whole;
            for (Removal removal : shown.subList(0, Math.min(LISTED_MAX, shown.size()))) {
                out.println("  " + removal.what().words() + " " + removal);
            }
            if (shown.size() > LISTED_MAX) {
                out.println("  … and " + (shown.size() - LISTED_MAX) + " more");
            }
            if (shown.size() < removals.size()) {
                out.println("  with " + counted(removals.size() - shown.size(), "index or TOAST relation"));
            }
        }

        private static boolean isPart(Removal removal) {
            RelationName name = removal.name();
            return name != null && name.isPart();
        }

        private void targets(Commit commit) {
            String label = "  to just before it      ";
            for (String target : commit.targetsBefore()) {
                out.println(label + target);
                label = "                     or  ";
            }
            out.println();
        }

        private static String inWords(Commit commit) {
            return time(commit.time()) + ", xid " + xid(commit) + ", LSN " + commit.lsn();
        }

        private static String xid(Commit commit) {
            return Integer.toUnsignedString(commit.xid());
        }
    }

    /** For programs: JSON Lines. Keys are only added, never renamed. */
    static final class Json extends FoundPrinter {

        Json(PrintWriter out) {
            super(out);
        }

        @Override
        void moment(Moment moment) {
            ObjectNode json = json(moment.commit());
            removals(json, moment.removals());
            if (moment.lastBefore() != null) {
                json.set("lastCommitBefore", json(moment.lastBefore()));
            }
            targets(json, moment.commit());
            out.println(json);
        }

        @Override
        void condition(ConditionSearch.Result.Found found, Moment deed) {
            ObjectNode json = json(found.first());
            removals(json, deed.removals());
            if (found.lastHeld() != null) {
                json.set("lastTrue", json(found.lastHeld()));
            }
            json.put("note", found.note());
            targets(json, found.first());
            out.println(json);
        }

        private static ObjectNode json(Commit commit) {
            ObjectNode json = RemovalJson.MAPPER.createObjectNode();
            json.put("xid", Integer.toUnsignedLong(commit.xid()));
            json.put("time", time(commit.time()));
            json.put("lsn", commit.lsn().toString());
            json.put("endLsn", commit.end().toString());
            json.put("timeline", Integer.toUnsignedLong(commit.timeline().value()));
            return json;
        }

        private static void removals(ObjectNode json, List<Removal> removals) {
            ArrayNode array = json.putArray("relations");
            removals.forEach(removal -> array.add(RemovalJson.of(removal)));
        }

        private static void targets(ObjectNode json, Commit commit) {
            ArrayNode array = json.putArray("targets");
            commit.targetsBefore().forEach(array::add);
        }
    }
}
