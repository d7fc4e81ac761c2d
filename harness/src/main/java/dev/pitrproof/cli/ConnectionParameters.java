package dev.pitrproof.cli;

import dev.pitrproof.replication.ConnectionSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbcurlresolver.PgServiceConfParser;

/**
 * Connection parameters in libpq's keywords, brought together in libpq's order: what was said explicitly, then the
 * service file, then the environment, then the defaults.
 */
final class ConnectionParameters {

    private static final Path DEFAULT_SOCKET_DIRECTORY = Path.of("/var/run/postgresql");
    private static final String DEFAULT_PORT = "5432";

    /** libpq's keywords, and the environment variable of each. */
    private static final Map<String, String> ENVIRONMENT = Map.ofEntries(
            Map.entry("host", "PGHOST"),
            Map.entry("hostaddr", "PGHOSTADDR"),
            Map.entry("port", "PGPORT"),
            Map.entry("dbname", "PGDATABASE"),
            Map.entry("user", "PGUSER"),
            Map.entry("password", "PGPASSWORD"),
            Map.entry("passfile", "PGPASSFILE"),
            Map.entry("options", "PGOPTIONS"),
            Map.entry("application_name", "PGAPPNAME"),
            Map.entry("sslmode", "PGSSLMODE"),
            Map.entry("sslcert", "PGSSLCERT"),
            Map.entry("sslkey", "PGSSLKEY"),
            Map.entry("sslrootcert", "PGSSLROOTCERT"),
            Map.entry("channel_binding", "PGCHANNELBINDING"),
            Map.entry("gssencmode", "PGGSSENCMODE"),
            Map.entry("krbsrvname", "PGKRBSRVNAME"),
            Map.entry("connect_timeout", "PGCONNECT_TIMEOUT"),
            Map.entry("target_session_attrs", "PGTARGETSESSIONATTRS"),
            Map.entry("sslnegotiation", "PGSSLNEGOTIATION"),
            // what these ask for is refused rather than passed over
            Map.entry("require_auth", "PGREQUIREAUTH"),
            Map.entry("requirepeer", "PGREQUIREPEER"),
            Map.entry("requiressl", "PGREQUIRESSL"),
            Map.entry("sslcertmode", "PGSSLCERTMODE"),
            Map.entry("sslcrl", "PGSSLCRL"),
            Map.entry("sslcrldir", "PGSSLCRLDIR"),
            Map.entry("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
            Map.entry("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"));

    /** Keywords that pgjdbc has too, under its own names. */
    private static final Map<String, String> DRIVER_PROPERTIES = Map.ofEntries(
            Map.entry("options", "options"),
            Map.entry("application_name", "ApplicationName"),
            Map.entry("fallback_application_name", "ApplicationName"),
            Map.entry("sslmode", "sslmode"),
            Map.entry("sslcert", "sslcert"),
            Map.entry("sslkey", "sslkey"),
            Map.entry("sslpassword", "sslpassword"),
            Map.entry("sslrootcert", "sslrootcert"),
            Map.entry("sslnegotiation", "sslNegotiation"),
            Map.entry("channel_binding", "channelBinding"),
            Map.entry("krbsrvname", "kerberosServerName"),
            Map.entry("connect_timeout", "connectTimeout"));

    private final Map<String, String> values = new LinkedHashMap<>();

    /** Sets a value, unless one was set before: call in the order of precedence. */
    void offer(String keyword, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            values.putIfAbsent(keyword, value);
        }
    }

    void offerAll(Map<String, String> further) {
        further.forEach(this::offer);
    }

    /**
     * Brings everything together.
     *
     * @throws IllegalArgumentException with a user's message
     */
    ConnectionSettings settings(Map<String, String> environment, @Nullable String password) {
        String service = values.getOrDefault("service", environment.get("PGSERVICE"));
        values.remove("service");
        if (service != null) {
            offerService(service);
        }
        ENVIRONMENT.forEach((keyword, variable) -> offer(keyword, environment.get(variable)));
        String passwordFile = values.remove("passfile");
        if (passwordFile != null && !passwordFile.equals(environment.get("PGPASSFILE"))) {
            // pgjdbc knows no connection property for it
            System.setProperty("org.postgresql.pgpassfile", passwordFile);
        }
        String host = values.remove("host");
        String address = values.remove("hostaddr");
        String at = address != null ? address : host != null ? host : defaultHost();
        int port = port(take("port", DEFAULT_PORT));
        String user = take("user", System.getProperty("user.name", ""));
        String database = take("dbname", user);
        String given = values.remove("password");
        return new ConnectionSettings(
                at, port, database, user, password == null ? given : password, driverProperties());
    }

    private void offerService(String service) {
        Properties found = PgServiceConfParser.getServiceProperties(service);
        if (found == null) {
            throw new IllegalArgumentException("definition of service \"" + service + "\" not found");
        }
        // pgjdbc gives these names of its own to three of libpq's keywords
        Map<String, String> renamed = Map.of("PGHOST", "host", "PGPORT", "port", "PGDBNAME", "dbname");
        for (String name : found.stringPropertyNames()) {
            offer(renamed.getOrDefault(name, name), found.getProperty(name));
        }
    }

    private String take(String keyword, String otherwise) {
        String value = values.remove(keyword);
        return value == null ? otherwise : value;
    }

    private static String defaultHost() {
        return Files.isDirectory(DEFAULT_SOCKET_DIRECTORY) ? DEFAULT_SOCKET_DIRECTORY.toString() : "localhost";
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("port is \"" + text + "\": expected a number from 1 to 65535");
    }

    private Map<String, String> driverProperties() {
        Map<String, String> driver = new HashMap<>();
        values.forEach((keyword, value) -> {
            switch (keyword) {
                case "gssencmode" -> {
                    if (value.equals("require")) {
                        throw new IllegalArgumentException("gssencmode is \"require\": encryption by GSSAPI is not"
                                + " supported\nHINT: use sslmode=require");
                    }
                }
                case "target_session_attrs" -> driver.put("targetServerType", targetServerType(value));
                case "keepalives" -> driver.put("tcpKeepAlive", value.equals("0") ? "false" : "true");
                default -> {
                    String property = DRIVER_PROPERTIES.get(keyword);
                    if (property == null) {
                        UnmatchedKeywords.requireNoEffect(keyword, value);
                    } else {
                        driver.putIfAbsent(property, value);
                    }
                }
            }
        });
        return driver;
    }

    private static String targetServerType(String sessionAttributes) {
        return switch (sessionAttributes) {
            case "any" -> "any";
            case "read-write", "primary" -> "primary";
            case "read-only", "standby" -> "secondary";
            case "prefer-standby" -> "preferSecondary";
            default ->
                throw new IllegalArgumentException("target_session_attrs is \"" + sessionAttributes
                        + "\": expected any, read-write, read-only, primary, standby or prefer-standby");
        };
    }
}
