package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.drill.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** What somebody sees who waits, on a terminal and in a log. */
class ProgressLineTest {

    private static final long MEGABYTE = 1_000_000;

    private final StringWriter err = new StringWriter();
    private long nanos;

    private ProgressLine line(boolean terminal, int columns) {
        return new ProgressLine(new PrintWriter(err), terminal, columns, () -> nanos);
    }

    private void pass(double seconds) {
        nanos += (long) (seconds * 1e9);
    }

    @Test
    void aTerminalShowsPhaseBytesRateAndWhatIsLeft() {
        ProgressLine line = line(true, 80);
        line.show(Progress.ofBytes("replaying WAL", 0, 40 * MEGABYTE));
        pass(2);
        line.show(Progress.ofBytes("replaying WAL", 10 * MEGABYTE, 40 * MEGABYTE));
        line.draw();

        assertThat(err).hasToString("\r  replaying WAL: 10.0 MB of 40.0 MB (25%), 5.0 MB/s, 6 s left\u001b[K");
    }

    @Test
    void aNarrowTerminalShowsWhatFits() {
        ProgressLine line = line(true, 24);
        line.show(Progress.ofBytes("replaying WAL", 0, 40 * MEGABYTE));
        pass(2);
        line.draw();

        assertThat(err).hasToString("\r  replaying WAL: 0.0 M…\u001b[K");
        assertThat(err.toString().replaceAll("\r|\u001b\\[K", "").length()).isLessThan(24);
    }

    @Test
    void whatStaysIsPrintedWithoutTheLineInItsWay() {
        ProgressLine line = line(true, 80);
        line.show(Progress.of("starting the source"));
        pass(3);
        line.draw();
        line.around(() -> err.write("said\n"));

        assertThat(err).hasToString("\r  starting the source, 3 s\u001b[K\r\u001b[Ksaid\n");
    }

    @Test
    void aLogGetsALineEveryTenSeconds() {
        ProgressLine line = line(false, 0);
        for (int i = 0; i <= 25; i++) {
            line.show(Progress.ofItems("sweeping", i * 4L, 1000));
            line.draw();
            pass(1);
        }

        assertThat(err.toString().lines())
                .containsExactly(
                        "pitrproof: sweeping: 40 of 1000 (4%), 4.0/s, 4 min 00 s left",
                        "pitrproof: sweeping: 80 of 1000 (8%), 4.0/s, 3 min 50 s left");
    }

    @Test
    void whatIsOverWithinTenSecondsLeavesNothingInALog() {
        ProgressLine line = line(false, 0);
        line.show(Progress.of("starting the source"));
        pass(9);
        line.draw();
        line.rest();
        pass(9);
        line.draw();

        assertThat(err.toString()).isEmpty();
    }
}
