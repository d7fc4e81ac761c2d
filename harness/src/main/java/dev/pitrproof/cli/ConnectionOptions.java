package dev.pitrproof.cli;

import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.replication.ReplicationException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The connection options of PostgreSQL's own clients, as a picocli mixin. */
final class ConnectionOptions {

    /** Of pgjdbc: the connection cannot be made; among others because there is no password. */
    private static final String CONNECTION_REJECTED = "08004";

    @Option(
            names = {"-h", "--host"},
            paramLabel = "HOSTNAME",
            description = "database server host or socket directory")
    private @Nullable String host;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "database server port number")
    private @Nullable String port;

    @Option(
            names = {"-U", "--username"},
            paramLabel = "NAME",
            description = "connect as specified database user")
    private @Nullable String user;

    @Option(
            names = {"-d", "--dbname"},
            paramLabel = "CONNSTR",
            description = "connection string or URI")
    private @Nullable String database;

    @Option(
            names = {"-w", "--no-password"},
            description = "never prompt for password")
    private boolean neverPrompt;

    @Option(
            names = {"-W", "--password"},
            description = "force password prompt")
    private boolean alwaysPrompt;

    /** Whether any option names a server, a database or a user. */
    boolean areGiven() {
        return host != null || port != null || user != null || database != null;
    }

    /**
     * Whom to connect to, by options, environment and defaults; asks for the password if -W says so.
     *
     * @throws IllegalArgumentException with a user's message, for exit code 2
     */
    ConnectionSettings settings() {
        return settings(System.getenv());
    }

    ConnectionSettings settings(Map<String, String> environment) {
        ConnectionParameters parameters = new ConnectionParameters();
        parameters.offer("host", host);
        parameters.offer("port", port);
        parameters.offer("user", user);
        String named = database;
        if (named != null && ConnectionString.isConnectionString(named)) {
            parameters.offerAll(ConnectionString.parse(named));
        } else {
            parameters.offer("dbname", named);
        }
        String password = alwaysPrompt ? prompt().orElse(null) : null;
        return parameters.settings(environment, password);
    }

    /** What is done over a connection that it makes. */
    interface Work<T> {
        T over(ConnectionSettings settings) throws IOException;
    }

    /** Does it, and once more with a password that is asked for if the server wants one, and somebody can and may be asked. */
    <T> T connected(ConnectionSettings settings, Work<T> work) throws IOException {
        try {
            return work.over(settings);
        } catch (ReplicationException refusal) {
            Optional<String> password = settings.password() == null
                            && CONNECTION_REJECTED.equals(refusal.sqlState())
                            && !neverPrompt
                            && !alwaysPrompt
                    ? prompt()
                    : Optional.empty();
            if (password.isEmpty()) {
                throw refusal;
            }
            return work.over(settings.withPassword(password.get()));
        }
    }

    private static Optional<String> prompt() {
        return Terminal.console()
                .map(console -> console.readPassword("Password: "))
                .map(String::new);
    }
}
