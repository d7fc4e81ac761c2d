package dev.pitrproof.drill;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What {@code ALTER SYSTEM} set: a sandbox starts no server with the settings that a data directory brings along. */
final class AlteredSettings {

    /** The settings that are lists of quoted names (GUC_LIST_QUOTE in guc_tables.c). */
    private static final Set<String> LISTS = Set.of(
            "local_preload_libraries",
            "search_path",
            "session_preload_libraries",
            "shared_preload_libraries",
            "temp_tablespaces");

    private AlteredSettings() {}

    /** All but the archiving, which has its own way of getting over a restart. */
    static Map<String, String> of(Connection sql) throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery("SELECT name, setting FROM pg_file_settings"
                        + " WHERE sourcefile LIKE '%/postgresql.auto.conf' AND name <> 'archive_command'"
                        + " ORDER BY seqno")) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        return settings;
    }

    /** Sets them; a server that runs reads them when it is told to. */
    static void set(Map<String, String> settings, Connection sql) throws SQLException {
        try (Statement statement = sql.createStatement()) {
            // a setting takes no parameters, and with two quotes for one no text ends before its end
            statement.execute("SET standard_conforming_strings = on");
            for (Map.Entry<String, String> setting : settings.entrySet()) {
                statement.execute("ALTER SYSTEM SET " + setting.getKey() + " = " + value(setting));
            }
        }
    }

    /** A list as it stands in the file is one in SQL, too; in quotes it would be a single name with commas in it. */
    private static String value(Map.Entry<String, String> setting) {
        String value = setting.getValue();
        return LISTS.contains(setting.getKey()) && !value.isEmpty() ? value : "'" + value.replace("'", "''") + "'";
    }
}
