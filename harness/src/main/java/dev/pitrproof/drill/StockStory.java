package dev.pitrproof.drill;

import dev.pitrproof.scenario.ArchiveMethod;
import dev.pitrproof.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A scenario's source and story as somebody would make them by hand. */
final class StockStory {

    /** Of the source, and of what is restored: no port that a real server is likely to have. */
    static final int SOURCE_PORT = 54320;

    /** Of the source, and so of each of its backups. */
    static final String ARCHIVE_COMMAND = "test ! -f \"$ARCHIVE/%f\" && cp \"%p\" \"$ARCHIVE/%f\"";

    static final String PSQL = "psql -p " + SOURCE_PORT;

    private StockStory() {}

    /** How the source is made. */
    static List<Explanation> source(Scenario scenario) {
        List<Explanation> steps = new ArrayList<>();
        steps.add(new Explanation(
                "choose places",
                List.of(
                        "mkdir -m 700 drill && cd drill && mkdir archive backups",
                        "SOURCE=$PWD/source ARCHIVE=$PWD/archive BACKUPS=$PWD/backups",
                        "export PGHOST=$PWD PGUSER=postgres PGDATABASE=postgres"),
                "Everything below is done in this one directory, as any user but root, whom PostgreSQL refuses."));
        List<String> commands = new ArrayList<>();
        commands.add("initdb -D \"$SOURCE\" -U postgres --data-checksums --wal-segsize="
                + scenario.source().segmentSizeMb()
                + " --encoding=UTF8 --locale=C.UTF-8");
        commands.add(configuration(scenario));
        commands.add("pg_ctl -D \"$SOURCE\" -l source.log -o \"-p " + SOURCE_PORT
                + " -k $PWD -c listen_addresses=\" -w start");
        steps.add(new Explanation("make the source, a cluster to lose data on", commands, whyArchive(scenario)));
        if (scenario.source().archive() == ArchiveMethod.RECEIVER) {
            steps.add(
                    new Explanation(
                            "archive its WAL",
                            List.of(
                                    "pg_receivewal -p " + SOURCE_PORT + " --slot=archive --create-slot",
                                    "pg_receivewal -p " + SOURCE_PORT
                                            + " -D \"$ARCHIVE\" --slot=archive --synchronous &"),
                            "The receiver gets WAL while it is written, and its slot keeps the server from removing any before."));
        }
        for (String name : scenario.source().tablespaces()) {
            steps.add(new Explanation(
                    "give it the tablespace " + name,
                    List.of(
                            "mkdir -m 700 tablespace-" + name,
                            PSQL + " -c \"CREATE TABLESPACE " + name + " LOCATION '$PWD/tablespace-" + name + "'\""),
                    "Its files are outside of the data directory, and a backup that forgets them is none."));
        }
        if (!scenario.source().setup().isBlank()) {
            steps.add(new Explanation(
                    "fill it", List.of(sql(scenario.source().setup())), "A restore of nothing would prove nothing."));
        }
        return steps;
    }

    private static String configuration(Scenario scenario) {
        Map<String, String> settings = new TreeMap<>(scenario.source().parameters());
        settings.put("wal_level", "replica");
        settings.put("max_wal_senders", "10");
        if (scenario.source().archive() == ArchiveMethod.COMMAND) {
            settings.put("archive_mode", "on");
            settings.put("archive_command", ARCHIVE_COMMAND);
        }
        return file("$SOURCE/postgresql.auto.conf", settings);
    }

    private static String whyArchive(Scenario scenario) {
        return scenario.source().archive() == ArchiveMethod.COMMAND
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
    static Explanation end() {
        return new Explanation(
                "complete the archive",
                List.of(
                        PSQL + " -c 'SELECT pg_current_xact_id()'",
                        PSQL + " -c 'SELECT pg_switch_wal()'",
                        "pg_ctl -D \"$SOURCE\" -m fast stop"),
                "Recovery knows that it is behind a time only when it sees a later commit, and a segment is archived only"
                        + " when it is complete.");
    }
}
