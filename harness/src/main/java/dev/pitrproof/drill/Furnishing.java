package dev.pitrproof.drill;

import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a source has before its setup is run: roles, each with a password of its own that nobody is told, and tablespaces,
 * each in a directory of its own.
 */
final class Furnishing {

    private final List<Source.Role> roles;
    private final Map<String, String> passwords;
    private final Map<String, Path> tablespaces;

    private Furnishing(List<Source.Role> roles, Map<String, String> passwords, Map<String, Path> tablespaces) {
        this.roles = roles;
        this.passwords = passwords;
        this.tablespaces = Collections.unmodifiableMap(tablespaces);
    }

    /** Makes the directories, which the server has to be able to write to, and draws the passwords. */
    static Furnishing of(Source source, Sandbox sandbox) throws IOException {
        Map<String, Path> tablespaces = new LinkedHashMap<>();
        for (String name : source.tablespaces()) {
            tablespaces.put(name, sandbox.createDirectory("tablespace-" + name));
        }
        Map<String, String> passwords = new LinkedHashMap<>();
        for (Source.Role role : source.roles()) {
            passwords.put(role.name(), UUID.randomUUID().toString());
        }
        return new Furnishing(source.roles(), passwords, tablespaces);
    }

    /** The same of a standby, which has its tablespaces elsewhere. */
    Furnishing at(Map<String, Path> places) {
        return new Furnishing(roles, passwords, places);
    }

    /** Creates roles and tablespaces on a new cluster. */
    void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (Source.Role role : roles) {
                statement.execute("CREATE ROLE \"" + role.name() + "\" LOGIN "
                        + (role.mayReplicate() ? "REPLICATION" : "NOREPLICATION") + " PASSWORD '"
                        + passwords.get(role.name()) + "'");
            }
            for (Map.Entry<String, Path> tablespace : tablespaces.entrySet()) {
                statement.execute("CREATE TABLESPACE \"" + tablespace.getKey() + "\" LOCATION '"
                        + tablespace.getValue().toString().replace("'", "''") + "'");
            }
        }
    }

    /** Where its tablespaces are, by name. */
    Map<String, Path> tablespaces() {
        return tablespaces;
    }

    /** A server, reached as one of the roles. */
    ConnectionSettings as(String role, ConnectionSettings server) {
        return new ConnectionSettings(
                server.host(), server.port(), server.database(), role, passwords.get(role), server.properties());
    }
}
