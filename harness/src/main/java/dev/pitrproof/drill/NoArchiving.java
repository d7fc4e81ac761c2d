package dev.pitrproof.drill;

import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;

/** The WAL is archived nowhere: whoever restores has what is inside of the backup, and nothing else. */
final class NoArchiving implements Archiving {

    private final Path directory;

    private NoArchiving(Path directory) {
        this.directory = directory;
    }

    static NoArchiving in(Sandbox sandbox) throws IOException {
        return new NoArchiving(sandbox.createDirectory("archive"));
    }

    /** Empty, and stays so. */
    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public Map<String, String> parameters() {
        return Map.of("archive_mode", "off");
    }

    @Override
    public FileAccess files() {
        return FileAccess.NONE;
    }

    @Override
    public void begin(Cluster source) {
        // nothing to begin
    }

    @Override
    public void pause(Cluster source, Connection sql) {
        throw nothing();
    }

    @Override
    public void fillDisk(Cluster source, Connection sql) {
        throw nothing();
    }

    @Override
    public void resume(Cluster source, Connection sql) {
        throw nothing();
    }

    private static IllegalStateException nothing() {
        return new IllegalStateException("the reader lets nobody touch an archive that there is not");
    }

    @Override
    public boolean isPaused() {
        return false;
    }

    @Override
    public void beforeStop() {
        // nothing runs
    }

    @Override
    public void afterStart(Cluster source) {
        // nothing to begin again
    }

    @Override
    public void beforePromotion(Cluster standby, Connection sql) {
        // there is nothing to go on with
    }

    @Override
    public void finish(SegmentName last, Cluster source) {
        // nothing to wait for
    }

    @Override
    public void close() {
        // nothing was opened
    }
}
