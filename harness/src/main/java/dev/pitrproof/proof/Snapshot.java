package dev.pitrproof.proof;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a transaction with a snapshot sees of the others, as {@code pg_current_snapshot()} prints it (manual, functions
 * "Transaction ID and Snapshot Information").
 *
 * @param xmin all transactions before it had ended
 * @param xmax none from here on had begun, or ended
 * @param inProgress those between the two that had not ended
 */
public record Snapshot(long xmin, long xmax, Set<Long> inProgress) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,19}):(\\d{1,19}):((?:\\d{1,19}(?:,\\d{1,19})*)?)");

    public Snapshot {
        inProgress = Set.copyOf(inProgress);
    }

    /**
     * Reads {@code xmin:xmax:xip,xip,…}.
     *
     * @throws IllegalArgumentException if it is no such text
     */
    public static Snapshot parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("snapshot is \"" + text + "\", expected xmin:xmax:xip,…");
        }
        Set<Long> inProgress = new LinkedHashSet<>();
        for (String xid : form.group(3).split(",", -1)) {
            if (!xid.isEmpty()) {
                inProgress.add(Long.parseLong(xid));
            }
        }
        return new Snapshot(Long.parseLong(form.group(1)), Long.parseLong(form.group(2)), inProgress);
    }

    /** Whether it sees what a transaction did that has committed, then or later. */
    public boolean sees(long xid) {
        return xid < xmin || (xid < xmax && !inProgress.contains(xid));
    }

    /** Gives a 32-bit xid of the WAL its epoch, that which puts it nearest to the snapshot. */
    public long widen(int xid) {
        return Oracle.widen(xid, xmax);
    }
}
