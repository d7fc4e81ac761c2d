package dev.pitrproof.drill;

import dev.pitrproof.scenario.ArchiveMethod;
import dev.pitrproof.scenario.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A scenario's source and story as somebody would make them by hand. */
final class StockStory {

    /** Of the source, and of what is restored: no port that a real server is likely to have. */
    static final int SOURCE_PORT = 54320;

    static final int STANDBY_PORT = 54322;

    /** Of the source, and so of each of its backups. */
    static final String ARCHIVE_COMMAND = "test ! -f \"$ARCHIVE/%f\" && cp \"%p\" \"$ARCHIVE/%f\"";

    static final String PSQL = "psql -p " + SOURCE_PORT;

    private StockStory() {}

    /** How the source is made, and what belongs to it. */
    static List<Explanation> source(Source source) {
        List<Explanation> steps = new ArrayList<>();
        steps.add(new Explanation(
                "choose places",
                List.of(
                        "mkdir -m 700 drill && cd drill && mkdir archive backups",
                        "SOURCE=$PWD/source ARCHIVE=$PWD/archive BACKUPS=$PWD/backups"
                                + (source.hasStandby() ? " STANDBY=$PWD/standby" : ""),
                        "export PGHOST=$PWD PGUSER=postgres PGDATABASE=postgres"),
                "Everything below is done in this one directory, as any user but root, whom PostgreSQL refuses."));
        List<String> commands = new ArrayList<>();
        commands.add("initdb -D \"$SOURCE\" -U postgres --data-checksums --wal-segsize="
                + source.segmentSizeMb()
                + " --encoding=UTF8 --locale=C.UTF-8");
        commands.add(configuration(source));
        commands.add(start("SOURCE", SOURCE_PORT));
        steps.add(new Explanation("make the source, a cluster to lose data on", commands, whyArchive(source)));
        if (source.archive() == ArchiveMethod.RECEIVER) {
            steps.add(
                    new Explanation(
                            "archive its WAL",
                            StockArchive.receive(SOURCE_PORT),
                            "The receiver gets WAL while it is written, and its slot keeps the server from removing any before."));
        }
        if (!source.roles().isEmpty() || !source.tablespaces().isEmpty()) {
            steps.add(new Explanation(
                    "furnish it",
                    furniture(source),
                    "Backups are taken as roles that may do no more than they must, and bring every tablespace."));
        }
        if (source.hasStandby()) {
            steps.add(
                    new Explanation(
                            "give it a standby",
                            standby(source),
                            "It streams from the source and replays what that writes; it archives nothing before it is promoted."));
        }
        if (!source.setup().isBlank()) {
            steps.add(new Explanation(
                    "fill it", List.of(sql(source.setup())), "A restore of nothing would prove nothing."));
        }
        return steps;
    }

    /** How the server in a place of the shell's is started. */
    static String start(String place, int port) {
        return "pg_ctl -D \"$" + place + "\" -l \"$" + place + ".log\" -o \"-p " + port
                + " -k $PWD -c listen_addresses=\" -w start";
    }

    private static List<String> furniture(Source source) {
        List<String> commands = new ArrayList<>();
        for (Source.Role role : source.roles()) {
            commands.add(PSQL + " -c 'CREATE ROLE \"" + role.name() + "\" LOGIN"
                    + (role.mayReplicate() ? " REPLICATION'" : "'"));
        }
        for (String tablespace : source.tablespaces()) {
            commands.add("mkdir -m 700 " + tablespace("SOURCE", tablespace) + " && " + PSQL
                    + " -c \"CREATE TABLESPACE \\\"" + tablespace + "\\\" LOCATION '$SOURCE-" + tablespace + "'\"");
        }
        return commands;
    }

    /** Where a server in a place of the shell's has a tablespace. */
    static String tablespace(String place, String name) {
        return "\"$" + place + "-" + name + "\"";
    }

    private static List<String> standby(Source source) {
        StringBuilder backup = new StringBuilder("pg_basebackup -p " + SOURCE_PORT
                + " -D \"$STANDBY\" --write-recovery-conf --create-slot --slot=standby --checkpoint=fast");
        for (String tablespace : source.tablespaces()) {
            backup.append(" --tablespace-mapping=\"$SOURCE-" + tablespace + "=$STANDBY-" + tablespace + "\"");
        }
        return List.of(backup.toString(), start("STANDBY", STANDBY_PORT));
    }

    private static String configuration(Source source) {
        Map<String, String> settings = new TreeMap<>(source.parameters());
        settings.put("wal_level", "replica");
        settings.put("max_wal_senders", "10");
        if (source.archive() == ArchiveMethod.COMMAND) {
            settings.put("archive_mode", "on");
            settings.put("archive_command", ARCHIVE_COMMAND);
        }
        return file("$SOURCE/postgresql.auto.conf", settings);
    }

    private static String whyArchive(Source source) {
        return source.archive() == ArchiveMethod.COMMAND
                ? "The archive_command copies each WAL segment away when it is full; without an archive, a base backup"
                        + " leads to its own end and no further."
                : "A server keeps its WAL only until its next checkpoints; without an archive, a base backup leads to its"
                        + " own end and no further.";
    }

    /** A shell command that makes a file of settings; the shell replaces the names of places in it. */
    static String file(String file, Map<String, String> settings) {
        StringBuilder text = new StringBuilder("cat > \"" + file + "\" <<END\n");
        settings.forEach((name, value) -> text.append(setting(name, value)).append('\n'));
        return text.append("END").toString();
    }

    /** {@code name = 'value'}, as it stands in a configuration file. */
    static String setting(String name, String value) {
        return name + " = '" + value.replace("'", "''") + "'";
    }

    /** Has psql run it, and end with the first error. */
    static String sql(String sql) {
        String text = sql.strip();
        return PSQL + " -v ON_ERROR_STOP=1 <<'SQL'\n" + text + (text.endsWith(";") ? "" : ";") + "\nSQL";
    }

    /** How the archive is completed. */
    static Explanation end(Source source, boolean standbyLeft) {
        List<String> commands = new ArrayList<>(List.of(
                PSQL + " -c 'SELECT pg_current_xact_id()'",
                PSQL + " -c 'SELECT pg_switch_wal()'",
                "pg_ctl -D \"$SOURCE\" -m fast stop"));
        commands.addAll(new StockArchive(source.archive()).end());
        if (standbyLeft) {
            commands.add("pg_ctl -D \"$STANDBY\" -m fast stop");
        }
        return new Explanation(
                "complete the archive",
                commands,
                "Recovery knows that it is behind a time only when it sees a later commit, and a segment is archived only"
                        + " when it is complete.");
    }
}
