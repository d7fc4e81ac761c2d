package dev.pitrproof.replication;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to mend what keeps a server from serving a replication connection, where the server itself does not say. It goes by
 * SQLSTATEs and by names that are the same in every language, for servers speak many.
 */
final class Remedy {

    private static final Pattern SEGMENT = Pattern.compile("\\b[0-9A-F]{24}\\b");

    private Remedy() {}

    /** Null if there is nothing to be said. */
    static @Nullable String of(@Nullable String sqlState, String message) {
        return switch (sqlState == null ? "" : sqlState) {
            // insufficient_privilege: a walsender is only for roles with this attribute
            case "42501" -> "connect as a role that may replicate, or let this one: ALTER ROLE … REPLICATION";
            // invalid_authorization_specification
            case "28000" -> message.contains("pg_hba.conf") ? hostBasedAuthentication(message) : null;
            // invalid_password
            case "28P01" ->
                "the password comes from -W, -d, PGPASSWORD, or the line of ~/.pgpass for the database"
                        + " \"replication\": give the one that the role has now";
            // too_many_connections: of walsenders, or of connections at all
            case "53300" ->
                message.contains("max_wal_senders")
                        ? "raise max_wal_senders on the server, which needs wal_level = replica and a restart, or wait"
                                + " for another backup to end; with --wal-method=stream a backup takes two"
                        : null;
            // undefined_file: of WAL, if a segment is named
            case "58P01" ->
                SEGMENT.matcher(message).find()
                        ? "what was received before stays good; go on in an empty directory, and take a new base backup"
                                + " for it. With a slot (--create-slot, then --slot) a server keeps WAL until it has"
                                + " been received"
                        : null;
            // undefined_object: nothing else is named here
            case "42704" ->
                "create it with --create-slot; if somebody has dropped it, the server may have removed WAL since then";
            // duplicate_object: nothing else is created here
            case "42710" ->
                "leave out --create-slot to use it, or drop it first (receivewal --drop-slot), since it holds back WAL";
            // configuration_limit_exceeded
            case "53400" -> "raise max_replication_slots on the server, or drop a slot that nobody uses";
            // object_not_in_prerequisite_state
            case "55000" ->
                message.contains("wal_level")
                        ? "set wal_level = replica on the server, and restart it"
                        : message.contains("summar")
                                ? "an incremental backup needs summarize_wal = on, since before the backup it adds to:"
                                        + " set it, reload, and begin with a full backup"
                                : null;
            default -> null;
        };
    }

    private static String hostBasedAuthentication(String message) {
        String line = "add a line for the database \"replication\" to the server's pg_hba.conf, such as \"host"
                + " replication ROLE ADDRESS scram-sha-256\", and reload it (SELECT pg_reload_conf())";
        return message.contains("no encryption") ? line + "; if there is a hostssl line, sslmode=require" : line;
    }

    /** The message, and behind it on a line of its own what to do. */
    static String append(@Nullable String sqlState, String message) {
        String hint = message.contains("HINT: ") ? null : of(sqlState, message);
        return hint == null ? message : message + "\nHINT: " + hint;
    }
}
