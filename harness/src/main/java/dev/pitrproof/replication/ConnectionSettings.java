package dev.pitrproof.replication;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Where a server is and who connects.
 *
 * @param host a name or an address; or, when it begins with a slash, the directory of the server's unix socket
 * @param port the port, which for a unix socket is part of the socket's file name
 * @param database the database of plain SQL connections; replication connections have none
 * @param user the role
 * @param password the password, or null: then pgjdbc looks into the password file
 * @param properties further connection properties of pgjdbc, for example {@code sslmode}
 */
public record ConnectionSettings(
        String host,
        int port,
        String database,
        String user,
        @Nullable String password,
        Map<String, String> properties) {

    /** The name under which connections show in {@code pg_stat_activity}, unless the properties say otherwise. */
    private static final String APPLICATION_NAME = "pitrproof";

    public ConnectionSettings {
        properties = Map.copyOf(properties);
    }

    /** Settings without a password and without further properties. */
    public static ConnectionSettings of(String host, int port, String database, String user) {
        return new ConnectionSettings(host, port, database, user, null, Map.of());
    }

    public ConnectionSettings withPassword(@Nullable String newPassword) {
        return new ConnectionSettings(host, port, database, user, newPassword, properties);
    }

    /** With one property of pgjdbc more. */
    public ConnectionSettings withProperty(String name, String value) {
        Map<String, String> more = new HashMap<>(properties);
        more.put(name, value);
        return new ConnectionSettings(host, port, database, user, password, more);
    }

    public boolean isUnixSocket() {
        return host.startsWith("/");
    }

    /** The socket's file, as PostgreSQL names it. Only for unix sockets. */
    Path unixSocket() {
        return Path.of(host, ".s.PGSQL." + port);
    }

    /** How messages name the server, in the manner of libpq. */
    String address() {
        return isUnixSocket() ? "\"" + unixSocket() + "\"" : "\"" + host + "\", port " + port;
    }

    /** Opens a plain connection to {@link #database()}. */
    public Connection openSql() throws SQLException {
        return openSql(database);
    }

    /** Opens a plain connection for SQL, over TCP or the unix socket. */
    public Connection openSql(String toDatabase) throws SQLException {
        Properties driver = driverProperties();
        if (isUnixSocket()) {
            PGProperty.SOCKET_FACTORY.set(driver, "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg");
            PGProperty.SOCKET_FACTORY_ARG.set(driver, unixSocket().toString());
        }
        return open(toDatabase, driver);
    }

    Connection open(String toDatabase, Properties driver) throws SQLException {
        PGProperty.PG_DBNAME.set(driver, toDatabase);
        // host and port stand in the URL as well: pgjdbc takes lists of hosts from there
        Connection connection = new Driver().connect("jdbc:postgresql://" + urlHosts() + "/", driver);
        if (connection == null) {
            throw new SQLException("pgjdbc does not accept the address " + address());
        }
        return connection;
    }

    private String urlHosts() {
        if (isUnixSocket()) {
            return "localhost:" + port;
        }
        StringBuilder hosts = new StringBuilder();
        for (String name : host.split(",", -1)) {
            String bracketed = name.contains(":") && !name.startsWith("[") ? "[" + name + "]" : name;
            hosts.append(hosts.isEmpty() ? "" : ",")
                    .append(bracketed)
                    .append(':')
                    .append(port);
        }
        return hosts.toString();
    }

    /** The properties that all our connections share. */
    Properties driverProperties() {
        Properties driver = new Properties();
        PGProperty.APPLICATION_NAME.set(driver, APPLICATION_NAME);
        PGProperty.TCP_KEEP_ALIVE.set(driver, true);
        driver.putAll(properties);
        PGProperty.USER.set(driver, user);
        if (password != null) {
            PGProperty.PASSWORD.set(driver, password);
        }
        if (isUnixSocket()) {
            // as in libpq: a unix socket is never encrypted, whatever sslmode says
            PGProperty.SSL_MODE.set(driver, "disable");
        }
        return driver;
    }

    /** Everything but the password and the properties, which may hold secrets too. */
    @Override
    public String toString() {
        return "user " + user + ", database " + database + " at " + address();
    }
}
