package dev.pitrproof.cli;

import dev.pitrproof.drill.Progress;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is going on just now, on stderr: on a terminal one line that is drawn anew, elsewhere a line every ten seconds.
 *
 * <p>A thread of its own draws it, for a phase may take long without anything to tell. Whoever prints something else to
 * the terminal does it through {@link #around}.
 */
final class ProgressLine implements AutoCloseable {

    private static final long SECOND = 1_000_000_000L;
    private static final long DRAWN_EVERY = SECOND / 5;
    private static final long TOLD_EVERY = 10 * SECOND;
    /** A rate of the first moments says nothing. */
    private static final double RATE_SECONDS_MIN = 0.5;

    private static final int COLUMNS_UNKNOWN = 80;

    private final PrintWriter err;
    private final boolean terminal;
    private final int columns;
    private final LongSupplier nanos;
    private @Nullable Progress now;
    private String phase = "";
    private long phaseBegun;
    private long doneAtBegin;
    private long last;
    private boolean shown;
    private @Nullable Thread thread;
    private boolean closed;

    /** Assigns only. */
    ProgressLine(PrintWriter err, boolean terminal, int columns, LongSupplier nanos) {
        this.err = err;
        this.terminal = terminal;
        this.columns = columns == 0 ? COLUMNS_UNKNOWN : columns;
        this.nanos = nanos;
        this.last = nanos.getAsLong();
    }

    /** On this process's stderr, drawn from now on. */
    static ProgressLine start(PrintWriter err) {
        ProgressLine line = new ProgressLine(err, Terminal.errIsTerminal(), Terminal.columns(), System::nanoTime);
        Thread thread = new Thread(line::drawUntilClosed, "progress");
        thread.setDaemon(true);
        line.thread = thread;
        thread.start();
        return line;
    }

    private synchronized void drawUntilClosed() {
        while (!closed) {
            try {
                wait(DRAWN_EVERY / 1_000_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            draw();
        }
    }

    /** From here on this is what goes on. */
    synchronized void show(Progress progress) {
        if (!progress.phase().equals(phase) || progress.done() < doneAtBegin) {
            phase = progress.phase();
            phaseBegun = nanos.getAsLong();
            doneAtBegin = progress.done();
        }
        now = progress;
    }

    /** Shows it if it is time to. */
    synchronized void draw() {
        Progress progress = now;
        long time = nanos.getAsLong();
        if (progress == null || closed || time - last < (terminal ? DRAWN_EVERY : TOLD_EVERY)) {
            return;
        }
        last = time;
        String words = words(progress, (time - phaseBegun) / 1e9);
        if (terminal) {
            // a line as wide as the terminal may be broken by it
            String fitting = words.length() < columns - 2 ? words : words.substring(0, Math.max(0, columns - 4)) + "…";
            err.print("\r  " + fitting + "\u001b[K");
            shown = true;
        } else {
            err.println("pitrproof: " + words);
        }
        err.flush();
    }

    /** Prints something that stays, with no progress in its way. */
    synchronized void around(Runnable printing) {
        if (shown) {
            err.print("\r\u001b[K");
            err.flush();
            shown = false;
        }
        printing.run();
    }

    /** Nothing goes on any more. */
    synchronized void rest() {
        around(() -> now = null);
    }

    private String words(Progress progress, double seconds) {
        double rate = seconds < RATE_SECONDS_MIN ? 0 : (progress.done() - doneAtBegin) / seconds;
        StringBuilder words = new StringBuilder(progress.phase());
        if (progress.unit() == Progress.Unit.NONE) {
            return seconds < 1 ? words.toString() : words + ", " + duration(seconds);
        }
        boolean bytes = progress.unit() == Progress.Unit.BYTES;
        words.append(": ").append(bytes ? megabytes((double) progress.done()) : Long.toString(progress.done()));
        if (progress.of() > 0) {
            words.append(" of ").append(bytes ? megabytes((double) progress.of()) : Long.toString(progress.of()));
            words.append(" (").append(100 * progress.done() / progress.of()).append("%)");
        }
        if (rate > 0) {
            words.append(", ").append(bytes ? megabytes(rate) + "/s" : String.format(Locale.ROOT, "%.1f/s", rate));
            if (progress.of() > progress.done()) {
                words.append(", ")
                        .append(duration((progress.of() - progress.done()) / rate))
                        .append(" left");
            }
        }
        return words.toString();
    }

    private static String megabytes(double bytes) {
        return bytes < 1e9
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
    }

    private static String duration(double seconds) {
        long whole = (long) Math.ceil(seconds);
        return whole < 60
                ? whole + " s"
                : whole < 3600
                        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                        : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole / 60 % 60);
    }

    /** Takes the line away. */
    @Override
    public synchronized void close() {
        rest();
        closed = true;
        if (thread != null) {
            notifyAll();
        }
    }
}
