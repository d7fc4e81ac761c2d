package dev.pitrproof.cli;

import dev.pitrproof.replication.ContinuousReceiver;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells of a receiver: what goes wrong always, how far it is if that is asked for. */
final class ReceiverPrinter implements ContinuousReceiver.Observer {

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private final boolean verbose;
    private final Path directory;
    private @Nullable TimelineId before;
    private boolean refused;

    /** @param directory where WAL is received into */
    ReceiverPrinter(PrintWriter out, PrintWriter err, boolean json, boolean verbose, Path directory) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.verbose = verbose;
        this.directory = directory;
    }

    @Override
    public void started(Lsn from, TimelineId timeline) {
        before = timeline;
        line("started", from, timeline);
        say("starting log streaming at " + from + " (timeline " + timeline + ")");
    }

    @Override
    public void reached(Lsn position, TimelineId timeline) {
        line("received", position, timeline);
        if (!timeline.equals(before)) {
            say("switched to timeline " + timeline);
            before = timeline;
        }
        say("received through " + position + " (timeline " + timeline + ")");
    }

    private void line(String event, Lsn position, TimelineId timeline) {
        if (json) {
            JsonLine.print(out, event, "lsn", position.toString(), "timeline", timeline.value());
        }
    }

    private void say(String line) {
        if (verbose) {
            err.println("pitrproof: " + line);
            err.flush();
        }
    }

    @Override
    public void stored(String name) {
        if (json) {
            JsonLine.print(out, "stored", "file", name);
        }
        if (refused) {
            refused = false;
            warn("the archive takes files again");
        }
        say("stored " + name);
    }

    @Override
    public void refused(String reason, int waiting, Duration retry) {
        refused = true;
        if (json) {
            JsonLine.print(out, "refused", "message", reason, "waiting", waiting, "retrySeconds", retry.toSeconds());
        }
        warn(reason + "; WAL stays in \"" + directory + "\", and is tried again every " + retry.toSeconds() + " s");
    }

    @Override
    public void full() {
        if (json) {
            JsonLine.print(out, "full");
        }
        warn("\"" + directory + "\" holds as many files as may wait (--spool-files): nothing is received until some are"
                + " stored");
    }

    private void warn(String line) {
        err.println("pitrproof: warning: " + line);
        err.flush();
    }

    @Override
    public void lost(String reason, Duration retry) {
        if (json) {
            JsonLine.print(out, "disconnected", "message", reason, "retrySeconds", retry.toSeconds());
        }
        // what to do about it is on lines of its own
        int hint = reason.indexOf('\n');
        String said = hint < 0 ? reason : reason.substring(0, hint);
        warn("disconnected: " + said + "; trying again in " + retry.toSeconds() + " s"
                + (hint < 0 ? "" : reason.substring(hint)));
    }
}
