package dev.pitrproof.replication;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where a server is and who asks.
 *
 * @param host a name or address, or the directory of a unix socket when it starts with {@code /}
 * @param port the TCP port, or the number in the unix socket's name
 * @param database the database to open when no other is named
 * @param user the role
 * @param password its password; null where the server asks for none
 * @param properties further properties of PostgreSQL's JDBC driver, such as {@code sslmode}
 */
public record ConnectionSettings(
        String host,
        int port,
        String database,
        String user,
        @Nullable String password,
        Map<String, String> properties) {

    /** Opens a plain JDBC connection to {@code database}; over a unix socket when the host is a directory. */
    public Connection openSql(String database) throws SQLException {
        Properties all = new Properties();
        all.putAll(properties);
        all.setProperty("user", user);
        if (password != null) {
            all.setProperty("password", password);
        }
        boolean unixSocket = host.startsWith("/");
        if (unixSocket) {
            all.setProperty("socketFactory", "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg");
            all.setProperty("socketFactoryArg", host + "/.s.PGSQL." + port);
            all.setProperty("sslmode", "disable");
        }
        return DriverManager.getConnection(
                "jdbc:postgresql://" + (unixSocket ? "localhost" : host) + ":" + port + "/" + database, all);
    }

    /** Without the password, so that it can be logged. */
    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
