package dev.pitrproof.sandbox;

/** How a server is stopped: the modes of {@code pg_ctl stop}, and the accident. */
public enum StopMode {
    /** Sessions are ended, a shutdown checkpoint is written. */
    FAST("INT"),
    /** No checkpoint: the next start recovers from the WAL. */
    IMMEDIATE("QUIT"),
    /** Every process of the server at once by SIGKILL, as when the machine loses power (but its page cache stays). */
    KILL("KILL");

    private final String signal;

    StopMode(String signal) {
        this.signal = signal;
    }

    String signal() {
        return signal;
    }
}
