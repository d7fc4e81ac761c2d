package dev.pitrproof.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A file system of its own in a file, as root can mount one: XFS, which makes reflinks. */
public final class LoopFileSystem implements AutoCloseable {

    /** The least that mkfs.xfs takes is 300 MB; the file is sparse. */
    private static final long BYTES = 600L << 20;

    private final Path directory;
    private boolean mounted;

    private LoopFileSystem(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes and mounts one. Skips the test where this user, or this machine, cannot mount it. A missing mkfs.xfs skips
     * it too, but not in continuous integration, which installs xfsprogs.
     */
    public static LoopFileSystem xfs() throws Exception {
        Assumptions.assumeTrue("0".equals(output("id", "-u")), "only root can mount a file system");
        LoopFileSystem system = new LoopFileSystem(Files.createTempDirectory("xfs"));
        try {
            Files.setPosixFilePermissions(system.directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path mountPoint = Files.createDirectory(system.path());
            try (RandomAccessFile image = new RandomAccessFile(system.image().toFile(), "rw")) {
                image.setLength(BYTES);
            }
            boolean made = succeeds("mkfs.xfs", "-q", system.image().toString());
            if (!made && Boolean.parseBoolean(System.getenv("CI"))) {
                throw new AssertionError("mkfs.xfs does not run; HINT: install xfsprogs");
            }
            Assumptions.assumeTrue(made, "mkfs.xfs does not run; HINT: install xfsprogs");
            system.mounted = succeeds("mount", "-o", "loop", system.image().toString(), mountPoint.toString());
            Assumptions.assumeTrue(system.mounted, "this machine has no loop devices, or no XFS");
            Files.setPosixFilePermissions(mountPoint, PosixFilePermissions.fromString("rwxr-xr-x"));
            return system;
        } catch (Throwable e) {
            system.close();
            throw e;
        }
    }

    /** Its root. */
    public Path path() {
        return directory.resolve("fs");
    }

    /** How much of it is taken, in bytes. */
    long used() throws Exception {
        assertThat(succeeds("sync", "-f", path().toString())).isTrue();
        return Files.getFileStore(path()).getTotalSpace()
                - Files.getFileStore(path()).getUnallocatedSpace();
    }

    private Path image() {
        return directory.resolve("image");
    }

    static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }

    private static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(List.of(command)).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    }

    @Override
    public void close() throws Exception {
        if (mounted) {
            assertThat(succeeds("umount", path().toString()))
                    .as("nothing uses it any more")
                    .isTrue();
        }
        assertThat(succeeds("rm", "-rf", "--one-file-system", directory.toString()))
                .isTrue();
    }
}
