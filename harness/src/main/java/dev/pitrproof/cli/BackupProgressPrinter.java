package dev.pitrproof.cli;

import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows a base backup's progress on stderr: a bar on a terminal, elsewhere a line for each tenth. */
final class BackupProgressPrinter implements BackupProgress, AutoCloseable {

    private static final long KILOBYTE = 1024;
    private static final int STEP_PERCENT = 10;

    private final PrintWriter err;
    private final String task;
    private final boolean progress;
    private final boolean verbose;
    private final boolean terminal;
    private @Nullable ProgressBar bar;
    private long expectedBytes;
    private long nextReport;

    /** Assigns only. */
    BackupProgressPrinter(PrintWriter err, boolean progress, boolean verbose, boolean terminal) {
        this(err, "base backup", progress, verbose, terminal);
    }

    /** @param task what makes progress */
    BackupProgressPrinter(PrintWriter err, String task, boolean progress, boolean verbose, boolean terminal) {
        this.err = err;
        this.task = task;
        this.progress = progress;
        this.verbose = verbose;
        this.terminal = terminal;
    }

    @Override
    public void started(Lsn start, TimelineId timeline) {
        say("write-ahead log start point: " + start + " on timeline " + timeline);
    }

    @Override
    public void expects(long bytes) {
        expectedBytes = Math.max(bytes, 1);
        if (progress && terminal) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(expectedBytes / KILOBYTE)
                    .setUnit(" kB", 1)
                    .setStyle(ProgressBarStyle.ASCII)
                    .showSpeed()
                    .setMaxRenderedLength(Terminal.columns() == 0 ? -1 : Terminal.columns() - 1)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err))
                    .build();
        }
        nextReport = progress ? expectedBytes / 100 * STEP_PERCENT : Long.MAX_VALUE;
    }

    @Override
    public void received(long bytes) {
        ProgressBar shown = bar;
        if (shown != null) {
            // the server's estimate leaves out what has been written since
            shown.maxHint(Math.max(expectedBytes, bytes) / KILOBYTE);
            shown.stepTo(bytes / KILOBYTE);
        } else if (bytes >= nextReport) {
            long percent = Math.min(100, bytes * 100 / expectedBytes);
            err.printf(Locale.ROOT, "%d/%d kB (%d%%)%n", bytes / KILOBYTE, expectedBytes / KILOBYTE, percent);
            err.flush();
            nextReport = Math.max(bytes + 1, expectedBytes / 100 * (percent / STEP_PERCENT + 1) * STEP_PERCENT);
        }
    }

    @Override
    public void finishing() {
        close();
        say("waiting for everything to be durable, and comparing it with the manifest");
    }

    @Override
    public void warning(String message) {
        err.println("pitrproof: warning: " + message);
        err.flush();
    }

    private void say(String message) {
        if (verbose) {
            err.println("pitrproof: " + message);
            err.flush();
        }
    }

    @Override
    public void close() {
        ProgressBar shown = bar;
        bar = null;
        if (shown != null) {
            shown.close();
        }
    }
}
