package dev.pitrproof.drill;

import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BackupFingerprint;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.SnapshotClaim;
import dev.pitrproof.restore.ClusterDatabases;
import dev.pitrproof.sandbox.CannotJudge;
import dev.pitrproof.sandbox.ClientPrograms;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.workload.JournalEntry;
import dev.pitrproof.workload.JournalEntry.Outcome;
import dev.pitrproof.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The restore of one dump, by {@code pg_restore} into a new server, from the dump to its claims, judged.
 *
 * <p>Roles, their rights and tablespaces are the cluster's and in no dump of one database: the objects are restored as
 * the new server's superuser, without rights, into its default tablespace.
 */
final class DumpDrill {

    /** Whether pg_restore did all of it. */
    static final String NAME = "dump-restored";

    private static final Logger LOG = LoggerFactory.getLogger(DumpDrill.class);
    private static final Duration READY = Duration.ofSeconds(60);
    private static final String LOG_FILE = "pg_restore.log";

    private final Sandbox sandbox;
    private final String name;
    private final DumpFacts facts;
    private final StoryDumps.Dump dump;
    private final WalOpener archive;
    private final DrillListener listener;
    private final List<String> arguments =
            new ArrayList<>(List.of("--no-owner", "--no-privileges", "--no-tablespaces"));
    private final List<Claim> claims = new ArrayList<>();

    /**
     * @param name fit for a directory; no other restore of the sandbox has it
     * @param archive that the story filled
     */
    DumpDrill(
            Sandbox sandbox,
            String name,
            DumpFacts facts,
            StoryDumps.Dump dump,
            WalOpener archive,
            DrillListener listener) {
        this.sandbox = sandbox;
        this.name = name;
        this.facts = facts;
        this.dump = dump;
        this.archive = archive;
        this.listener = listener;
    }

    private record Databases(Cluster cluster) implements ClusterDatabases {
        @Override
        public Connection connect() throws SQLException {
            return connect("postgres");
        }

        @Override
        public Connection connect(String database) throws SQLException {
            return cluster.connection().openSql(database);
        }
    }

    /** Tells pg_restore more than a restore of the whole dump needs. */
    DumpDrill with(List<String> more) {
        arguments.addAll(more);
        return this;
    }

    /** Restores, asks and judges. */
    List<Claim> run() {
        try {
            listener.progress(Progress.of("reading the WAL"));
            ArchivedCommits archived = archivedCommits();
            facts.archived(archived);
            archived.problems()
                    .forEach(problem -> facts.note("what the dump lacks was counted in WAL with a gap: " + problem));
            listener.progress(Progress.of("taking fingerprints"));
            BackupFingerprint before = BackupFingerprint.of(dump.directory());
            try {
                restore(archived);
            } finally {
                claims.add(IntegrityClaims.unchanged("dump", before, BackupFingerprint.of(dump.directory())));
            }
        } catch (IOException | SQLException | RuntimeException e) {
            LOG.error("{} broke off", name, e);
            BreakOff why = BreakOff.of(e);
            claims.add(new Claim(
                    claims.stream().anyMatch(claim -> claim.claim().equals(NAME)) ? "restore" : NAME,
                    Verdict.UNPROVEN,
                    why.code().name(),
                    "a restored dump that can be asked",
                    why.found(),
                    why.hint(),
                    List.of()));
            facts.assignment().leaveOpen(claims, "not checked: the restore broke off", FindingCode.NOTHING_TO_PROVE);
        }
        return claims;
    }

    private ArchivedCommits archivedCommits() throws IOException {
        try (WalArchive opened = archive.open()) {
            return ArchivedCommits.in(opened, dump.snapshot(), lastTimeline());
        }
    }

    private void restore(ArchivedCommits archived) throws IOException, SQLException {
        StockDump.restore(dump.label(), name.replace("restore", "restored")).forEach(listener::explained);
        ClientPrograms programs = sandbox.clientPrograms();
        listener.progress(Progress.of("making a new server"));
        long begun = System.nanoTime();
        try (Cluster server = sandbox.createSource(SourceSettings.of(Map.of()))) {
            server.awaitReady(READY);
            facts.attach("restored-server.log", server.logFile());
            long ready = System.nanoTime();
            facts.phase("new server", ready - begun);
            listener.progress(Progress.of("restoring the dump"));
            ClientPrograms.Result result = programs.run(
                    "pg_restore",
                    Stream.concat(arguments.stream(), Stream.of(dump.file().toString()))
                            .toList(),
                    server,
                    dump.directory());
            long restored = System.nanoTime();
            facts.phase("pg_restore", restored - ready);
            Path log = sandbox.createDirectory(name).resolve(LOG_FILE);
            facts.attach(LOG_FILE, Files.writeString(log, result.output()));
            claims.add(restored(result, programs.version()));
            listener.progress(Progress.of("asking the restored database"));
            judge(server, archived);
            facts.checked((System.nanoTime() - restored) / 1e9);
            listener.explained(StockRestore.removal());
        }
    }

    /** An older server does not know all that a newer pg_dump sets for its own session, which loses nothing. */
    private static Claim restored(ClientPrograms.Result result, String version) {
        List<String> errors = result.output()
                .lines()
                .filter(line -> line.startsWith("pg_restore: error: "))
                .filter(line -> !line.contains("unrecognized configuration parameter"))
                .map(line -> line.replaceFirst("^pg_restore: error: ", ""))
                .toList();
        boolean ran =
                result.exitCode() == 0 || (errors.isEmpty() && result.output().contains("errors ignored"));
        String expected = "a restore of the whole dump without an error";
        if (ran && errors.isEmpty()) {
            return new Claim(
                    NAME,
                    Verdict.PROVEN,
                    FindingCode.BACKUP_INTACT.name(),
                    expected,
                    "done by " + version.replaceFirst("^pg_dump", "pg_restore"),
                    null,
                    List.of("pg_restore"));
        }
        String found = errors.isEmpty() ? result.complaint() : errors.get(0);
        boolean cannotJudge = CannotJudge.isSaidBy(result.output());
        return new Claim(
                NAME,
                cannotJudge ? Verdict.UNPROVEN : Verdict.REFUTED,
                (cannotJudge ? FindingCode.ENGINE_CANNOT_JUDGE : FindingCode.BACKUP_DAMAGED).name(),
                expected,
                errors.size() > 1 ? found + "; and " + (errors.size() - 1) + " errors more" : found,
                cannotJudge ? CannotJudge.HINT : LOG_FILE + " in the drill's directory has all that pg_restore said",
                List.of("pg_restore"));
    }

    private void judge(Cluster server, ArchivedCommits archived) throws SQLException {
        try (Connection connection = server.connection().openSql("postgres")) {
            claims.add(SnapshotClaim.judge(
                    dump.snapshot(), rows(archived.path()), archived.xids(), Workload.ledgerRows(connection)));
            DataClaims data =
                    new DataClaims(connection, facts.story().recording().digests());
            ClusterClaims cluster = new ClusterClaims(
                    new Databases(server), facts.story().recording().clusterDigests());
            for (ClaimSpec claim : facts.assignment().prove()) {
                StockRestore.of(claim).ifPresent(listener::explained);
                listener.progress(Progress.of("checking " + ClaimNames.of(claim)));
                try {
                    claims.add(judge(claim, data, cluster));
                } catch (SQLException e) {
                    claims.add(RestoreDrill.unchecked(claim, e));
                }
            }
        }
    }

    private Claim judge(ClaimSpec claim, DataClaims data, ClusterClaims cluster) throws SQLException {
        if (claim instanceof ClaimSpec.TableExists exists) {
            return data.tableExists(exists);
        } else if (claim instanceof ClaimSpec.TableAbsent absent) {
            return data.tableAbsent(absent);
        } else if (claim instanceof ClaimSpec.SameAs same) {
            return data.sameAs(same);
        } else if (claim instanceof ClaimSpec.Query query) {
            return data.query(query);
        } else if (claim instanceof ClaimSpec.ClusterSameAs same) {
            return cluster.sameAs(same);
        } else if (claim instanceof ClaimSpec.SequencesNotBehind sequences) {
            return cluster.sequences(sequences);
        } else if (claim instanceof ClaimSpec.RecoveredWithin within) {
            return ObjectiveClaims.recoveredWithin(within, facts.seconds());
        } else if (claim instanceof ClaimSpec.LostAtMost lost) {
            DumpLoss loss = facts.loss().orElseThrow();
            return ObjectiveClaims.lostAtMost(
                    lost, loss.story(), loss.acknowledged().size());
        }
        throw new IllegalStateException("the reader lets nobody claim " + ClaimNames.of(claim) + " of a dump");
    }

    /** What the source wrote to in the end. */
    private TimelineId lastTimeline() {
        return facts.story().recording().journal().entries().stream()
                .map(JournalEntry::timeline)
                .max(Comparator.naturalOrder())
                .orElse(TimelineId.FIRST);
    }

    /** The rows of the ledger by what its clients were told; what only a branch that was left has may be in a dump of it. */
    private SnapshotClaim.Rows rows(TimelineHistory path) {
        Map<Long, Long> acknowledged = new HashMap<>();
        Set<Long> inDoubt = new HashSet<>();
        for (JournalEntry attempt : facts.story().recording().journal().entries()) {
            if (attempt.outcome() == Outcome.ACKNOWLEDGED && attempt.liesOn(path)) {
                acknowledged.put(attempt.number(), Objects.requireNonNull(attempt.xid()));
            } else if (attempt.outcome() != Outcome.REFUSED) {
                inDoubt.add(attempt.number());
            }
        }
        return new SnapshotClaim.Rows(acknowledged, inDoubt);
    }
}
