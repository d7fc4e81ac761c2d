package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Making a new data directory.
 *
 * @param program {@code initdb}, by its path or its name
 * @param major its version
 * @param data an empty directory of the servers' user
 * @param passwordFile holds the superuser's password, so that it is on no command line
 */
record Initdb(String program, int major, Path data, SourceSettings settings, Path passwordFile) {

    /** Runs a program as the servers' user. */
    @FunctionalInterface
    interface Launcher {
        Subprocess.Result run(List<String> command) throws IOException;
    }

    void run(Launcher launcher) throws IOException {
        Subprocess.Result result = launcher.run(command("C.UTF-8"));
        if (!result.succeeded() && result.output().contains("invalid locale")) {
            // not every system has C.UTF-8; characters stay UTF-8, only upper() and its like know less
            result = launcher.run(command("C"));
        }
        if (!result.succeeded()) {
            throw SandboxException.environment(
                    "cannot create a cluster in " + data + ": " + complaint(result),
                    Subprocess.saysDiskFull(result.output())
                            ? ProcessCluster.DISK_FULL_HINT
                            : "check that " + program + " is of a complete PostgreSQL");
        }
    }

    private List<String> command(String locale) {
        List<String> command = new ArrayList<>(List.of(
                program,
                "--pgdata=" + data,
                "--username=postgres",
                "--auth=scram-sha-256",
                "--pwfile=" + passwordFile,
                "--encoding=UTF8",
                "--locale=" + locale,
                "--wal-segsize=" + settings.walSegmentSizeMb(),
                // what a disposable cluster loses in a power failure it need not survive
                "--no-sync"));
        if (settings.checksums()) {
            command.add("--data-checksums");
        } else if (major >= 18) {
            command.add("--no-data-checksums");
        }
        return command;
    }

    /** The first error, without what stands before it on its line: initdb's progress, the time, the process. */
    private static String complaint(Subprocess.Result result) {
        return result.output()
                .lines()
                // a program below initdb may say it in words of its own
                .filter(line -> line.matches(".*(error|FATAL|PANIC):.*") || Subprocess.saysDiskFull(line))
                .findFirst()
                .map(line -> line.replaceFirst("^.*?(?=FATAL:|PANIC:|initdb: error:)", ""))
                .orElse(result.lastLine());
    }
}
