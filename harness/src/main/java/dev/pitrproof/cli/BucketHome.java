package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveStore;
import dev.pitrproof.drill.ArchiveHome;
import dev.pitrproof.s3.S3Location;
import dev.pitrproof.s3.S3Scratch;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A bucket as the home of drills' archives.
 *
 * @param keep whether they stay there
 * @param err where it is told what stays
 */
record BucketHome(S3Location below, @Nullable URI endpoint, boolean keep, PrintWriter err) implements ArchiveHome {

    @Override
    public Taken take(Path archive, String story) throws IOException {
        S3Scratch scratch = S3Scratch.of(archive, below, story, endpoint);
        Thread atExit = new Thread(() -> removeQuietly(scratch), "bucket-removal");
        if (keep) {
            err.println("pitrproof: the archive is in " + scratch + ", and stays there");
            err.flush();
        } else {
            Runtime.getRuntime().addShutdownHook(atExit);
        }
        return new Taken() {
            @Override
            public ArchiveStore store() {
                return scratch.store();
            }

            @Override
            public void close() throws IOException {
                if (!keep && !isExiting(atExit)) {
                    scratch.remove();
                }
            }
        };
    }

    /** Then the hook removes it. */
    private static boolean isExiting(Thread hook) {
        try {
            return !Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return true;
        }
    }

    private static void removeQuietly(S3Scratch scratch) {
        try {
            scratch.remove();
        } catch (IOException e) {
            System.err.println("pitrproof: " + scratch + " was not removed: " + e.getMessage());
        }
    }
}
