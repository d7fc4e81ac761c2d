package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The three files that configure a server, all outside its data directory: {@code postgresql.conf},
 * {@code pg_hba.conf} and {@code pg_ident.conf}.
 *
 * <p>No TCP: the server listens on a unix socket only, in a directory that is closed to other users. Where that is a
 * directory of another machine, it listens on its container's own loopback too, which nobody else can reach.
 */
final class ServerConfiguration {

    /** The number in the socket's name. */
    static final int PORT = 5432;

    static final String LOOPBACK = "127.0.0.1";

    /** Who may connect. */
    enum Access {
        /** Roles show their password. */
        PASSWORD("scram-sha-256"),
        /** Whoever gets to the socket. */
        TRUST("trust");

        private final String method;

        Access(String method) {
            this.method = method;
        }
    }

    // where the server listens, whom it lets in and where its errors go is what the sandbox relies on
    private static final Set<String> RESERVED = Set.of(
            "config_file",
            "data_directory",
            "hba_file",
            "ident_file",
            "external_pid_file",
            "listen_addresses",
            "port",
            "unix_socket_directories",
            "unix_socket_group",
            "unix_socket_permissions",
            "logging_collector",
            "log_destination",
            "log_line_prefix",
            "dynamic_shared_memory_type",
            "include",
            "include_dir",
            "include_if_exists");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*(\\.[A-Za-z_][A-Za-z0-9_$]*)*");

    private ServerConfiguration() {}

    /** @throws IllegalArgumentException for a name that is none, and for a parameter that only the sandbox may set */
    static void check(Map<String, String> parameters) {
        parameters.forEach((name, value) -> {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("\"" + name + "\" is not the name of a server parameter");
            }
            if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "the parameter \"" + name + "\" cannot be set: it belongs to the sandbox");
            }
            if (value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("the value of \"" + name + "\" contains a NUL character");
            }
        });
    }

    /**
     * Writes the three files into {@code directory}.
     *
     * @param onLoopback whether it listens there too
     * @return the path of {@code postgresql.conf}
     */
    static Path write(
            Path directory, Path socketDirectory, Map<String, String> parameters, Access access, boolean onLoopback)
            throws IOException {
        check(parameters);
        Path hba = directory.resolve("pg_hba.conf");
        Path ident = directory.resolve("pg_ident.conf");
        StringBuilder admitted = new StringBuilder();
        for (String database : List.of("all", "replication")) {
            admitted.append("local " + database + " all " + access.method + "\n");
            if (onLoopback) {
                admitted.append("host " + database + " all " + LOOPBACK + "/32 " + access.method + "\n");
            }
        }
        Files.writeString(hba, admitted);
        Files.writeString(ident, "");

        Map<String, String> all = new LinkedHashMap<>();
        all.put("hba_file", hba.toString());
        all.put("ident_file", ident.toString());
        all.put("listen_addresses", onLoopback ? LOOPBACK : "");
        all.put("port", Integer.toString(PORT));
        all.put("unix_socket_directories", doubleQuoted(socketDirectory));
        all.put("unix_socket_permissions", "0700");
        all.put("logging_collector", "off");
        all.put("log_destination", "stderr");
        // %b tells a client's FATAL from the server's own
        all.put("log_line_prefix", "%m [%p] %b: ");
        all.put("lc_messages", "C");
        all.put("log_timezone", "UTC");
        all.put("timezone", "UTC");
        all.put("datestyle", "ISO, MDY");
        all.put("password_encryption", "scram-sha-256");
        // in the data directory, so that a killed server leaves nothing behind in /dev/shm
        all.put("dynamic_shared_memory_type", "mmap");
        all.putAll(parameters);

        StringBuilder text = new StringBuilder();
        all.forEach((name, value) ->
                text.append(name).append(" = ").append(quoted(value)).append('\n'));
        return Files.writeString(directory.resolve("postgresql.conf"), text);
    }

    /** A value as the lexer of {@code guc-file.l} reads it back. */
    static String quoted(String value) {
        return "'"
                + value.replace("\\", "\\\\")
                        .replace("'", "''")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + "'";
    }

    /** A name in a list of names: a directory may contain a comma or a blank. */
    private static String doubleQuoted(Path path) {
        return "\"" + path.toString().replace("\"", "\"\"") + "\"";
    }
}
