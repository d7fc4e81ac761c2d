package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A file system of a few kilobytes, as root can mount one; without that right the test is skipped. */
final class SmallDisk implements AutoCloseable {

    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    /** @param options such as {@code size=512k} */
    static SmallDisk mount(Path emptyDirectory, String options) throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount a small file system");
        assumeTrue(
                exitCode("mount", "-t", "tmpfs", "-o", options, "tmpfs", emptyDirectory.toString()) == 0,
                "this machine lets nobody mount");
        SmallDisk disk = new SmallDisk(emptyDirectory);
        if (!options.contains("ro")) {
            Files.setPosixFilePermissions(emptyDirectory, PosixFilePermissions.fromString("rwx------"));
        }
        return disk;
    }

    Path path() {
        return path;
    }

    void growTo(String size) throws IOException, InterruptedException {
        assertThat(exitCode("mount", "-o", "remount,size=" + size, path.toString()))
                .isZero();
    }

    private static int exitCode(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Override
    public void close() throws Exception {
        assertThat(exitCode("umount", path.toString()))
                .as("nothing uses it any more")
                .isZero();
    }
}
