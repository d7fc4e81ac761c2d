package dev.pitrproof.restore;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The databases of a running cluster, entered as its superuser. */
public interface ClusterDatabases {

    /** A connection for questions about the cluster as a whole. */
    Connection connect() throws SQLException;

    /** A connection to one of its databases. */
    Connection connect(String database) throws SQLException;

    /** All that take connections, the oldest first; one whose removal was interrupted has a limit of -2. */
    default List<String> names() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT datname FROM pg_database"
                        + " WHERE datallowconn AND datconnlimit <> -2 ORDER BY oid")) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        return names;
    }
}
