package dev.pitrproof.sandbox;

import dev.pitrproof.replication.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** PostgreSQL's own {@code pg_dump} and {@code pg_restore}, of a version that fits a sandbox's clusters. */
public interface ClientPrograms {

    /** The programs that a logical backup and its restore need. */
    List<String> NEEDED = List.of("pg_dump", "pg_restore");

    /**
     * What a program left.
     *
     * @param output all it wrote to standard output and standard error
     */
    record Result(int exitCode, String output) {

        /** The first line that tells of an error, else the last line, else what the exit code says. */
        public String complaint() {
            return output.lines()
                    .filter(line -> line.contains("error: "))
                    .findFirst()
                    .or(() -> output.lines().filter(line -> !line.isBlank()).reduce((first, second) -> second))
                    .orElse("exit code " + exitCode);
        }
    }

    /** As the program says it: {@code pg_dump (PostgreSQL) 15.18}. */
    String version();

    /** Where they are, for evidence: a directory, or an image. */
    String where();

    /**
     * Runs one of them to its end, as the user that the servers run as and with no password on its command line.
     *
     * @param program one of {@link #NEEDED}
     * @param arguments those behind the connection's
     * @param cluster a running cluster of this sandbox
     * @param directory made by {@link Sandbox#createDirectory}; all files that it reads or writes are in it
     * @throws SandboxException if it could not be run at all
     */
    Result run(String program, List<String> arguments, Cluster cluster, Path directory) throws IOException;

    /** A program that asks a cluster's superuser's database, as a command line. */
    static List<String> command(String program, ConnectionSettings server, Path passwordFile, List<String> arguments) {
        String connection = "host='" + quoted(server.host()) + "' port=" + server.port() + " user="
                + server.user() + " dbname=" + server.database() + " passfile='" + quoted(passwordFile.toString())
                + "'";
        return Stream.concat(Stream.of(program, "--dbname=" + connection, "--no-password"), arguments.stream())
                .toList();
    }

    private static String quoted(String value) {
        return value.replace("\\", "\\\\").replace("'", "\\'");
    }
}
