package dev.pitrproof.drill;

import dev.pitrproof.backup.BackupProgress;

/** Passes a base backup's progress on to whoever listens to the drill. */
final class ToldBackup implements BackupProgress {

    private static final String PHASE = "taking the base backup";

    private final DrillListener listener;
    private long expected;

    ToldBackup(DrillListener listener) {
        this.listener = listener;
    }

    @Override
    public void expects(long bytes) {
        expected = bytes;
        listener.progress(Progress.ofBytes(PHASE, 0, expected));
    }

    @Override
    public void received(long bytes) {
        // the server's estimate leaves out what has been written since
        listener.progress(Progress.ofBytes(PHASE, bytes, Math.max(expected, bytes)));
    }

    @Override
    public void finishing() {
        listener.progress(Progress.of("comparing the base backup with its manifest"));
    }
}
