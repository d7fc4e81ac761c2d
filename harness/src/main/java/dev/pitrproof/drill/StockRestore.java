package dev.pitrproof.drill;

import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A restore as somebody would do it by hand. */
final class StockRestore {

    static final int PORT = StockStory.SOURCE_PORT + 1;

    private static final String PSQL = "psql -p " + PORT;

    private static final Set<String> LIMITS = Set.of(
            "max_connections",
            "max_worker_processes",
            "max_wal_senders",
            "max_prepared_transactions",
            "max_locks_per_transaction");

    private static final Set<String> HARMLESS = Set.of("archive_mode", "shared_preload_libraries");

    /** It counts when a time is told without its offset. */
    private static final String TIMEZONE = "timezone";

    private static final String WITHOUT_OFFSET =
            " A time without its offset is read in the server's timezone, and where"
                    + " the clock there was put back, for the second of the two moments at which it shows this time.";

    private final RestorePlan plan;
    private final StockWal wal;
    private final String backup;
    private final String restored;

    /**
     * @param wal where its WAL can be had
     * @param backup the shell's word for the backup's directory
     * @param restored fit for a directory
     */
    StockRestore(RestorePlan plan, StockWal wal, String backup, String restored) {
        this.plan = plan;
        this.wal = wal;
        this.backup = backup;
        this.restored = restored;
    }

    /** What is found out before anything is copied. */
    Explanation plan(String targetInWords) {
        return new Explanation(
                "find out where recovery will stop: " + targetInWords,
                waldumps(),
                "Replay begins at " + plan.backup().startLsn() + ", needs every segment up to there without a gap, "
                        + stop(plan.prediction().lastApplied(), "applies", "last")
                        + " and " + stop(plan.prediction().firstNotApplied(), "leaves out", "first") + ".");
    }

    /** One for each timeline of the way. */
    private List<String> waldumps() {
        List<String> commands = new ArrayList<>();
        Lsn from = plan.backup().startLsn();
        for (TimelineHistory.Switch fork : plan.path().ancestry()) {
            // the segment that a timeline was left in is whole on the next one only, which begins with a copy of it
            Lsn begin = SegmentName.holding(
                            fork.parent(), fork.switchpoint(), plan.archive().segmentSize())
                    .start();
            if (from.isBefore(begin)) {
                commands.add(waldump(fork.parent(), from.toString(), begin.toString()));
                from = begin;
            }
        }
        commands.add(waldump(plan.path().timeline(), from.toString(), end()));
        return commands;
    }

    private String waldump(TimelineId timeline, String from, String to) {
        return "pg_waldump -p \"" + wal.place() + "\" -t " + timeline.value() + " -s " + from + " -e " + to
                + " -r Transaction";
    }

    private String end() {
        WalRecord next = plan.prediction().firstNotApplied();
        return (next == null ? plan.prediction().endLsn() : next.end()).toString();
    }

    private static String stop(@Nullable WalRecord record, String verb, String which) {
        return record == null
                ? verb + " nothing"
                : verb + " the record at " + record.start() + (record.xid() == 0 ? "" : " (xid " + record.xid() + ")")
                        + " as the " + which;
    }

    /** How the data directory comes to be, for a server that is told these settings. */
    Explanation copy(Map<String, String> settings) {
        List<String> commands =
                new ArrayList<>(List.of("RESTORED=$PWD/" + restored, "cp -a " + backup + " \"$RESTORED\""));
        if (hasTablespaces()) {
            commands.add("""
                    for link in "$RESTORED"/pg_tblspc/*; do
                      cp -a "$(readlink -f "$link")" "$RESTORED-${link##*/}"
                      ln -sfn "$RESTORED-${link##*/}" "$link"
                    done""");
            commands.add("rm -f \"$RESTORED\"/tablespace_map");
        }
        commands.add("chmod 700 \"$RESTORED\"");
        if (!replays(settings)) {
            return new Explanation(
                    "copy what was restored",
                    commands,
                    "A server writes to its data directory, and what another tool restored is to stay as it is.");
        }
        commands.add("rm -rf \"$RESTORED\"/pg_wal/0* \"$RESTORED\"/pg_wal/archive_status/*");
        return new Explanation(
                "copy the backup",
                commands,
                "Recovery writes to the data directory"
                        + (hasTablespaces() ? ", and through its links into tablespaces," : "")
                        + " and the backup may be needed again; the WAL is left out of the copy because it is the archive"
                        + " that is on trial.");
    }

    private boolean hasTablespaces() {
        try (Stream<Path> links = Files.list(plan.backup().directory().resolve("pg_tblspc"))) {
            return links.findAny().isPresent();
        } catch (IOException e) {
            return false; // the restore itself will say what is wrong with it
        }
    }

    /** Whether there is anything to recover: else another tool has done it. */
    static boolean replays(Map<String, String> settings) {
        return settings.containsKey("restore_command");
    }

    /** How recovery is asked for: the very settings that the server got, but for where it gets its WAL. */
    List<Explanation> recover(Map<String, String> settings) {
        if (!replays(settings)) {
            return List.of(new Explanation(
                    "start the copy as it stands",
                    List.of(start()),
                    "Another tool has recovered it already, so there is nothing to replay."));
        }
        return List.of(
                new Explanation(
                        "say where to stop",
                        List.of(
                                ": > \"$RESTORED\"/postgresql.conf",
                                "echo 'local all all trust' > \"$RESTORED\"/pg_hba.conf",
                                StockStory.file("$RESTORED/postgresql.auto.conf", told(settings)),
                                "touch \"$RESTORED\"/recovery.signal"),
                        "The backup's own settings are for another place and time. Without recovery.signal the server would ignore every one of these recovery settings, replay to"
                                + " the backup's end at most, and be up; restore_command fetches each segment, and when it"
                                + " fails with 1 to 125 the server takes that for the end of the WAL."
                                + (settings.containsKey(TIMEZONE) ? WITHOUT_OFFSET : "")),
                new Explanation(
                        "start it",
                        List.of(start()),
                        "It replays from the backup's checkpoint; pg_ctl returns as soon as it answers, which is before it"
                                + " is at the target."));
    }

    private String start() {
        return "pg_ctl -D \"$RESTORED\" -l \"$RESTORED.log\" -o \"-p " + PORT
                + " -k $PWD -c listen_addresses=\" -w start";
    }

    /** As the server got them; durability of a cluster that is thrown away, and the like, are left out. */
    private Map<String, String> told(Map<String, String> settings) {
        Map<String, String> told = new LinkedHashMap<>();
        told.put("restore_command", "cp \"" + wal.place() + "/%f\" \"%p\"");
        settings.forEach((name, value) -> {
            if (name.startsWith("recovery_")) {
                told.put(name, forShell(value));
            }
        });
        settings.forEach((name, value) -> {
            if (LIMITS.contains(name) || HARMLESS.contains(name) || name.equals(TIMEZONE)) {
                told.put(name, forShell(value));
            }
        });
        if (settings.containsKey("archive_command")) {
            told.put("archive_command", StockStory.ARCHIVE_COMMAND); // that of the source, which a backup brings along
        }
        return told;
    }

    /** In a here-document that the shell looks through. */
    private static String forShell(String value) {
        return value.replace("\\", "\\\\").replace("$", "\\$").replace("`", "\\`");
    }

    /** What is asked while replay is paused. */
    Explanation witnesses() {
        return new Explanation(
                "ask where it stands",
                List.of(
                        psql("SELECT pg_get_wal_replay_pause_state(), pg_last_wal_replay_lsn()")
                                + "   # foretold: paused, "
                                + plan.prediction().endLsn(),
                        psql("SELECT pg_last_xact_replay_timestamp(), pg_snapshot_xmax(pg_current_snapshot())"),
                        psql("SELECT x, pg_xact_status(x::text::xid8) FROM generate_series(" + xids() + ") x")),
                "A server that is up proves nothing; paused at the target, it can be asked for every transaction, and xids"
                        + " are not used again yet.");
    }

    private String xids() {
        long from = plan.prediction().nextXidAtRedo().orElse(3L);
        return from + ", (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)";
    }

    /** How recovery ends. */
    Explanation promotion() {
        String file = plan.target() instanceof RecoveryTarget.Latest
                ? "the new timeline's history file"
                : "the new timeline's history file, which must say "
                        + plan.prediction().endLsn();
        return new Explanation(
                "end recovery",
                List.of(psql("SELECT pg_wal_replay_resume()"), "cat \"$RESTORED\"/pg_wal/*.history"),
                "Resuming at the target promotes the server onto a timeline of its own; where that branches off is in "
                        + file + ".");
    }

    /** What a claim stands for; empty where that is more than a query. */
    static Optional<Explanation> of(ClaimSpec claim) {
        List<String> commands = new ArrayList<>();
        String why = "Only the data themselves tell whether that moment is the one that was wanted.";
        if (claim instanceof ClaimSpec.TableExists exists) {
            commands.add(psql("SELECT to_regclass('" + exists.table() + "')"));
        } else if (claim instanceof ClaimSpec.TableAbsent absent) {
            commands.add(psql("SELECT to_regclass('" + absent.table() + "')"));
        } else if (claim instanceof ClaimSpec.Query query) {
            commands.add(psql(query.sql()) + "   # must be " + query.expected());
        } else if (claim instanceof ClaimSpec.SameAs same) {
            commands.add(psql("SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM " + same.table()
                            + " t")
                    + "   # as on the source at " + same.mark());
        } else if (claim instanceof ClaimSpec.StructureSound) {
            commands.add("pg_amcheck -p " + PORT + " --all --install-missing --heapallindexed");
            commands.add("pg_dumpall -p " + PORT + " > /dev/null");
            why = "A damaged page or index does not keep a server from starting; only reading every row finds it.";
        } else if (claim instanceof ClaimSpec.PageChecksumsSound) {
            commands.add("pg_ctl -D \"$RESTORED\" -m fast stop && pg_checksums --check -D \"$RESTORED\"");
            why = "A page that nothing has read yet may be damaged all the same; its checksum tells.";
        } else if (claim instanceof ClaimSpec.PreparedTransactions) {
            commands.add(psql("SELECT gid, prepared FROM pg_prepared_xacts"));
            why = "A prepared transaction stays open across a recovery, with its locks, until somebody ends it.";
        }
        return commands.isEmpty()
                ? Optional.empty()
                : Optional.of(new Explanation("check " + ClaimNames.of(claim), commands, why));
    }

    /** How it all ends. */
    static Explanation removal() {
        return new Explanation(
                "throw it away",
                List.of("pg_ctl -D \"$RESTORED\" -m immediate stop", "rm -r \"$RESTORED\""),
                "It was a rehearsal: the next restore begins with a fresh copy of the backup.");
    }

    /**
     * Where a backup that somebody else made is, for the commands that follow.
     *
     * @param chain the backup alone, or the full one and the incremental ones behind it
     */
    static Explanation places(List<Path> chain, Optional<Path> archive, String superuser) throws IOException {
        List<String> commands = new ArrayList<>();
        List<String> words = new ArrayList<>();
        commands.add("mkdir -m 700 drill && cd drill");
        for (int i = 0; i < chain.size(); i++) {
            String name = "BACKUP" + (chain.size() == 1 ? "" : i + 1);
            commands.add(name + "=" + word(chain.get(i).toAbsolutePath()));
            words.add("\"$" + name + "\"");
        }
        StockBackup whole = StockBackup.of(chain, words, "");
        commands.addAll(whole.commands());
        if (!whole.commands().isEmpty()) {
            commands.add("BACKUP=" + whole.word());
        }
        commands.add(
                archive.map(directory -> "ARCHIVE=" + word(directory.toAbsolutePath()))
                        .orElse(
                                "ARCHIVE=$PWD/fetched-wal   # a copy of the archive, or what the --restore-command fetches for each %f"));
        commands.add("export PGHOST=$PWD PGUSER=" + superuser.replaceAll("[^A-Za-z0-9_]", "\\\\$0")
                + " PGDATABASE=postgres");
        commands.add("pg_verifybackup --no-parse-wal \"$BACKUP\"");
        return new Explanation(
                "look at the backup",
                commands,
                "A damaged file is found now, and not when somebody needs the row in it.");
    }

    private static String word(Path path) {
        return "'" + path.toString().replace("'", "'\\''") + "'";
    }

    private static String psql(String sql) {
        return PSQL + " -c \""
                + sql.strip()
                        .replaceAll("\\s+", " ")
                        .replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("$", "\\$")
                        .replace("`", "\\`")
                + "\"";
    }
}
