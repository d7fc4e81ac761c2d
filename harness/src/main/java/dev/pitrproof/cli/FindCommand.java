package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.drill.Progress;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.find.Commit;
import dev.pitrproof.find.Condition;
import dev.pitrproof.find.ConditionSearch;
import dev.pitrproof.find.DamageFilter;
import dev.pitrproof.find.DamageSearch;
import dev.pitrproof.find.Moment;
import dev.pitrproof.sandbox.BinariesProgress;
import dev.pitrproof.wal.RelationNames;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code find}: the moment of damage, and the target just before it.
 *
 * <p>Exit codes: 0 found; 1 there is none, or the archive is damaged, so that there may be more; 2 usage, or no archive;
 * 3 it could not be searched.
 */
@Command(
        name = "find",
        description = "Find the moment of damage, and the recovery target just before it.",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "From the WAL alone: what was dropped or truncated, when, and by which transaction. The WAL holds no names:"
                    + " they come from --backup or from a file (--names), taken by",
            "  " + NameOptions.HOW_TO_TAKE_NAMES,
            "",
            "With --where: restores --backup to states between commits until it knows the commit with which the"
                    + " condition ceased to hold. The condition is assumed to hold up to some commit and not from there"
                    + " on. A table, column, schema or database that is not there makes it not true."
        })
public final class FindCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--archive",
            paramLabel = ArchivePlace.LABEL,
            required = true,
            converter = ArchivePlace.Converter.class,
            description = "the WAL archive")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ArchivePlace place;

    @Mixin
    private S3Options s3 = new S3Options();

    @Mixin
    private NameOptions names = new NameOptions();

    @Option(
            names = "--table",
            paramLabel = "NAME",
            description = "only what became of this relation: NAME, SCHEMA.NAME, DATABASE.SCHEMA.NAME, or its OID")
    private @Nullable String table;

    @Option(names = "--all", description = "list rewrites, indexes, catalogs and temporary tables, too")
    private boolean all;

    @Option(
            names = "--timeline",
            paramLabel = "NUMBER",
            description = "only what lies on the way to the end of this timeline (default: all; with --where, the"
                    + " backup's)")
    private @Nullable Integer timeline;

    @Option(
            names = "--where",
            paramLabel = "SQL",
            description = "a condition or a SELECT that returns one boolean, true before the damage and not after")
    private @Nullable String where;

    @Option(
            names = {"-d", "--dbname"},
            paramLabel = "NAME",
            description = "the database in which the condition is asked (default: ${DEFAULT-VALUE})",
            defaultValue = "postgres")
    private String database = "postgres";

    @Mixin
    private SandboxOptions sandbox = new SandboxOptions();

    @Option(names = "--json", description = "print JSON Lines: one object a moment")
    private boolean json;

    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli answers it
    private boolean help;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Optional<TimelineId> wanted = wantedTimeline();
        if (where == null && table != null && !names.areGiven() && !table.matches("\\d+")) {
            throw usage("--table=" + table + " needs names: expected --backup=DIR or --names=FILE, or an OID");
        }
        Path backup = names.backup();
        if (where != null && (backup == null || table != null || all)) {
            throw usage(
                    backup == null
                            ? "--where needs a base backup to restore: expected --backup=DIR"
                            : "--where asks a question of its own: expected neither --table nor --all");
        }
        try (WalDirectory fetched = new WalDirectory();
                // from the WAL alone, each segment is read only once
                WalArchive archive = where == null ? WalArchive.open(s3.store(place)) : s3.openNear(place, fetched)) {
            return where == null || backup == null
                    ? damage(archive, wanted, err)
                    : condition(archive, BaseBackup.open(backup), wanted, new Condition(where, database), err);
        } catch (ArchiveException e) {
            return ArchiveTrouble.report(e, err);
        } catch (IOException e) {
            log("find broke off", e);
            err.println("error: " + e.getMessage());
            ArchiveTrouble.hint(e).ifPresent(hint -> err.println("HINT: " + hint));
            return (e instanceof ConditionSearch.Astray astray && astray.verdict() == Verdict.REFUTED
                            ? ExitCode.REFUTED
                            : ExitCode.UNPROVEN)
                    .number();
        } finally {
            err.flush();
        }
    }

    /** Asks for the log only now: its file is there as soon as somebody asks. */
    private static void log(String what, Exception failure) {
        LoggerFactory.getLogger(FindCommand.class).error(what, failure);
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private Optional<TimelineId> wantedTimeline() {
        if (timeline == null) {
            return Optional.empty();
        }
        if (timeline < 1) {
            throw usage("--timeline is " + timeline + ": expected 1 or more");
        }
        return Optional.of(new TimelineId(timeline));
    }

    private RelationNames known(PrintWriter err) {
        try {
            return names.read(note -> err.println("note: " + note));
        } catch (IOException e) {
            throw usage("no names: " + e.getMessage());
        }
    }

    private FoundPrinter printer() {
        PrintWriter out = spec.commandLine().getOut();
        return json ? new FoundPrinter.Json(out) : new FoundPrinter.Text(out);
    }

    private int damage(WalArchive archive, Optional<TimelineId> wanted, PrintWriter err) throws IOException {
        DamageSearch.Result result;
        RelationNames names = known(err);
        try (ProgressLine progress = ProgressLine.start(err)) {
            progress.show(Progress.of("reading the WAL"));
            result = DamageSearch.search(archive, names, new DamageFilter(table, all), wanted);
        }
        FoundPrinter printer = printer();
        result.moments().forEach(printer::moment);
        printer.finished();
        err.println(FoundPrinter.summary(result, table));
        result.problems().forEach(problem -> err.println("error: " + problem));
        boolean found = !result.moments().isEmpty() && result.problems().isEmpty();
        return (found ? ExitCode.FINE : ExitCode.REFUTED).number();
    }

    private int condition(
            WalArchive archive, BaseBackup backup, Optional<TimelineId> wanted, Condition condition, PrintWriter err)
            throws IOException {
        if (!sandbox.majors().isEmpty() && !sandbox.majors().equals(List.of(archive.walMajor()))) {
            throw usage(
                    "--postgres is " + sandbox.majors() + ": expected " + archive.walMajor() + ", which wrote the WAL");
        }
        TimelineId end = wanted.orElse(backup.timeline());
        ConditionSearch search =
                new ConditionSearch(sandbox.opener(once(err)), backup, archive, end, condition, PATIENCE);
        search.shortfall().ifPresent(found -> err.println("note: the search ends before the archive does: " + found));
        err.println("assuming that the condition holds up to some commit and not from there on: " + condition.sql());
        err.flush();
        try (ProgressLine progress = ProgressLine.start(err)) {
            progress.show(Progress.of("restoring, to ask"));
            ConditionSearch.Result result = search.search((number, expected, last, holds, note) -> {
                progress.around(() -> err.println(String.format(
                        Locale.ROOT,
                        "probe %d of about %d: %s: %s%s",
                        number,
                        expected,
                        last == null
                                ? "before the first commit behind the backup"
                                : FoundPrinter.time(last.time()) + ", xid " + Integer.toUnsignedString(last.xid()),
                        holds,
                        note.isEmpty() ? "" : " (" + note + ")")));
                err.flush();
                progress.show(Progress.ofItems("restoring, to ask once more", number, expected));
            });
            progress.rest();
            return tell(result, archive, end, err);
        } catch (Condition.Senseless e) {
            throw usage("--where: " + e.getMessage());
        } catch (SQLException e) {
            log("the condition could not be asked", e);
            err.println("error: the restored cluster could not answer: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse("no message"));
            err.println("HINT: correct the condition, or find out why the server cannot answer it");
            return ExitCode.UNPROVEN.number();
        }
    }

    /** Each restore has a sandbox of its own, and says the same of it; only what is new is worth a line. */
    private static BinariesProgress once(PrintWriter err) {
        Set<String> said = new HashSet<>();
        return message -> {
            if (said.add(message)) {
                err.println("pitrproof: " + message);
                err.flush();
            }
        };
    }

    private int tell(ConditionSearch.Result result, WalArchive archive, TimelineId end, PrintWriter err)
            throws IOException {
        if (result instanceof ConditionSearch.Result.Found found) {
            FoundPrinter printer = printer();
            printer.condition(found, deed(archive, end, found.first(), err));
            printer.finished();
            return ExitCode.FINE.number();
        }
        if (result instanceof ConditionSearch.Result.NeverHeld never) {
            err.println("error: the condition does not hold at the earliest provable point, before xid "
                    + Integer.toUnsignedString(never.first().xid()) + " at "
                    + FoundPrinter.time(never.first().time())
                    + (never.note().isEmpty() ? "" : ": " + never.note()));
            err.println("HINT: check the condition and the database, or search from an older backup");
        } else if (result instanceof ConditionSearch.Result.StillHolds still) {
            err.println("error: the condition still holds after the last commit, xid "
                    + Integer.toUnsignedString(still.last().xid()) + " at "
                    + FoundPrinter.time(still.last().time()));
            err.println("HINT: archive the WAL in which the damage happened, or check the condition");
        } else if (result instanceof ConditionSearch.Result.Unreachable unreachable) {
            err.println("error: expected " + unreachable.expected() + ", found " + unreachable.found());
            if (unreachable.hint() != null) {
                err.println("HINT: " + unreachable.hint());
            }
        }
        return ExitCode.REFUTED.number();
    }

    /** What the WAL says of a commit; one that changed rows has nothing to say. */
    private Moment deed(WalArchive archive, TimelineId end, Commit commit, PrintWriter err) throws IOException {
        DamageFilter everything = new DamageFilter(null, true);
        return DamageSearch.search(archive, known(err), everything, Optional.of(end)).moments().stream()
                .filter(moment -> moment.commit().equals(commit))
                .findFirst()
                .orElse(new Moment(commit, List.of(), null));
    }
}
