package dev.pitrproof.drill;

import dev.pitrproof.archive.ArchiveStore;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.SweepChoice;
import dev.pitrproof.proof.TimelineChoice;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.Restore;
import dev.pitrproof.restore.RestoreChoice;
import dev.pitrproof.restore.RestoreCommand;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.WalFetch;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.scenario.ClaimsFile;
import dev.pitrproof.scenario.Expect;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves a base backup that was made elsewhere: it is restored with the WAL of an archive, and what came back is judged.
 * Or it judges what somebody else restored: a copy of that is started as it stands, if its recovery is over, or else taken
 * on to the target.
 *
 * <p>There is no story, so nobody wrote down what the clients were told, and no mark to compare with. What the WAL
 * foretells, what the restored cluster answers, and the claims of the user are all there is.
 */
public final class BackupProof {

    private static final Logger LOG = LoggerFactory.getLogger(BackupProof.class);

    /** Where the WAL comes from. */
    public sealed interface Wal {

        /** An archive, compressed files and all. */
        record Stored(ArchiveStore store) implements Wal {}

        /** Whatever a {@code restore_command} fetches from. */
        record Command(RestoreCommand command) implements Wal {}
    }

    /**
     * What is to be proved.
     *
     * @param name of the drill, fit for a directory
     * @param backup a backup's directory; or a data directory that was restored from one
     * @param restored whether it is the latter
     * @param targetInWords the target as the user named it, for messages
     * @param timeline the one to follow; empty for the one that leads there
     * @param superuser a role of the cluster that may do everything
     * @param sweep which states before the target are proved as well; empty if none
     * @param sabotage whether a proof that holds is repeated on broken copies
     * @param incrementals the backups behind {@code backup} that were taken incrementally, oldest first
     */
    public record Request(
            String name,
            Path backup,
            boolean restored,
            Wal wal,
            RecoveryTarget target,
            String targetInWords,
            Optional<TimelineChoice> timeline,
            String superuser,
            ClaimsFile claims,
            Optional<SweepChoice> sweep,
            boolean sabotage,
            List<Path> incrementals) {

        /** Of a full backup. */
        public Request(
                String name,
                Path backup,
                boolean restored,
                Wal wal,
                RecoveryTarget target,
                String targetInWords,
                Optional<TimelineChoice> timeline,
                String superuser,
                ClaimsFile claims,
                Optional<SweepChoice> sweep,
                boolean sabotage) {
            this(
                    name,
                    backup,
                    restored,
                    wal,
                    target,
                    targetInWords,
                    timeline,
                    superuser,
                    claims,
                    sweep,
                    sabotage,
                    List.of());
        }

        /** All backups that the restore takes, oldest first. */
        List<Path> chain() {
            return Stream.concat(Stream.of(backup), incrementals.stream()).toList();
        }
    }

    /** What a proof comes to. */
    public sealed interface Outcome {

        /** A verdict, with its evidence. */
        record Judged(Evidence evidence) implements Outcome {}

        /** A question: more than one timeline leads to the target, and they end in different states. */
        record Ambiguous(RestoreChoice.Result.Ambiguous choice) implements Outcome {}
    }

    private final Request request;
    private final SandboxOpener sandboxes;
    private final DrillOptions options;
    private final DrillListener listener;
    private final DrillRecorder recorder;
    private final Assignment assignment;

    public BackupProof(Request request, SandboxOpener sandboxes, DrillOptions options, DrillListener listener) {
        this.request = request;
        this.sandboxes = sandboxes;
        this.options = options;
        this.listener = listener;
        this.recorder = new DrillRecorder(options, listener);
        this.assignment = new Assignment(
                request.name(),
                "prove",
                request.restored()
                        ? "A copy that was restored elsewhere is compared with the archive, at "
                                + request.targetInWords() + "."
                        : "An existing backup is restored with its archive, to " + request.targetInWords() + ".",
                List.of(),
                Expect.PROVEN,
                request.claims().claims(),
                request.sweep()
                        .map(choice -> new SweepOrder(choice, options.seed()))
                        .orElse(null));
    }

    /** The process of a server that runs on a data directory: whoever wants to prove it has to stop it first. */
    public static Optional<Long> server(Path dataDirectory) throws IOException {
        return ExistingCopy.server(dataDirectory);
    }

    /**
     * Restores and judges.
     *
     * @throws IOException if the evidence cannot be written
     */
    public Outcome run() throws IOException {
        Sandbox sandbox;
        try {
            sandbox = sandboxes.open(options.major());
        } catch (IOException | RuntimeException e) {
            LOG.error("no sandbox", e);
            return new Outcome.Judged(recorder.brokenOff(assignment, e));
        }
        try {
            recorder.in(sandbox);
            listener.progress(Progress.of("comparing the backup with its manifest"));
            return prove(sandbox);
        } finally {
            close(sandbox);
        }
    }

    private Outcome prove(Sandbox sandbox) throws IOException {
        DrillFacts facts = new DrillFacts(assignment, request.target(), request.targetInWords(), null);
        try {
            if (request.restored() && !ExistingCopy.isUntouched(request.backup())) {
                return proveCopy(sandbox, facts);
            }
            ExistingBackup.Examined examined =
                    new ExistingChain(request.chain(), sandbox, "unpacked", structureIsAsked()).examine();
            if (examined instanceof ExistingBackup.Examined.Unusable unusable) {
                return new Outcome.Judged(recorder.record(facts, nothingBut(unusable.why(), facts)));
            }
            ExistingBackup.Examined.Usable usable = (ExistingBackup.Examined.Usable) examined;
            if (!request.incrementals().isEmpty()) {
                facts.combinedFrom(request.chain());
            }
            return prove(sandbox, new Existing(usable.backup(), usable.intact(), Optional.empty()), facts);
        } catch (IOException | RuntimeException e) {
            LOG.error("nothing to restore", e);
            return new Outcome.Judged(recorder.brokenOff(assignment, e));
        }
    }

    private boolean structureIsAsked() {
        return request.claims().claims().stream().anyMatch(ClaimSpec.StructureSound.class::isInstance);
    }

    private static List<Claim> nothingBut(Claim why, DrillFacts facts) {
        List<Claim> claims = new ArrayList<>(List.of(why));
        facts.leaveOpen(claims, "not checked: there is nothing to restore");
        return claims;
    }

    private Outcome proveCopy(Sandbox sandbox, DrillFacts facts) throws IOException {
        facts.restoredElsewhere();
        if (!Files.exists(request.backup().resolve(BackupLabel.OLD_FILE_NAME))) {
            return new Outcome.Judged(recorder.record(facts, nothingBut(ExistingCopy.withoutLabel(), facts)));
        }
        ExistingCopy copy;
        try {
            copy = ExistingCopy.open(request.backup());
        } catch (FileSystemException e) {
            throw e; // it cannot be read, which says nothing about what is in it
        } catch (IOException e) {
            return new Outcome.Judged(recorder.record(facts, nothingBut(ExistingCopy.damaged(e), facts)));
        }
        facts.note(copy.notes());
        return prove(sandbox, new Existing(copy.origin(), Optional.empty(), Optional.of(copy)), facts);
    }

    /**
     * What is at hand.
     *
     * @param intact what its manifest says of it
     * @param copy what a server has recovered from it already
     */
    private record Existing(BaseBackup backup, Optional<Claim> intact, Optional<ExistingCopy> copy) {}

    private Outcome prove(Sandbox sandbox, Existing existing, DrillFacts facts) throws IOException {
        BaseBackup backup = existing.backup();
        listener.proofStarted(backup, request.targetInWords(), sandbox);
        listener.explained(StockRestore.places(
                request.chain(),
                request.wal() instanceof Wal.Stored stored ? stored.store().directory() : Optional.empty(),
                request.superuser()));
        try (WalArchive archive = archive(backup, sandbox)) {
            RestoreChoice.Result choice = new RestoreChoice(
                            List.of(backup), archive, request.target(), request.targetInWords())
                    .choose(request.timeline());
            if (choice instanceof RestoreChoice.Result.Ambiguous ambiguous) {
                return new Outcome.Ambiguous(ambiguous);
            }
            PlanOutcome outcome = choice instanceof RestoreChoice.Result.Chosen chosen
                    ? chosen.way().outcome()
                    : choice.ways().get(0).outcome();
            PlanOutcome judged =
                    existing.copy().map(copy -> copy.judged(outcome)).orElse(outcome);
            return new Outcome.Judged(judge(sandbox, existing, archive, judged, facts));
        }
    }

    private WalArchive archive(BaseBackup backup, Sandbox sandbox) throws IOException {
        if (request.wal() instanceof Wal.Command fetched) {
            Path directory = sandbox.createDirectory("fetched-wal");
            WalArchive archive =
                    new WalFetch(fetched.command(), backup, directory).fetch(request.target(), request.timeline());
            sandbox.give(directory);
            return archive;
        }
        return WalArchive.openNear(((Wal.Stored) request.wal()).store(), () -> sandbox.createDirectory("fetched-wal"));
    }

    private Evidence judge(Sandbox sandbox, Existing existing, WalArchive opened, PlanOutcome outcome, DrillFacts facts)
            throws IOException {
        RestoreDrill.Access access =
                new RestoreDrill.Access(request.superuser(), request.claims().database());
        RestoreDrill drill = new RestoreDrill(sandbox, "restore", facts, access, options.patience(), listener);
        List<Claim> claims = drill.run(new RestoreDrill.Planning() {
            @Override
            public WalArchive openArchive() {
                return opened;
            }

            @Override
            public RestoreDrill.Planned plan(WalArchive archive) {
                return new RestoreDrill.Planned(
                        existing.backup(),
                        request.backup(),
                        outcome,
                        existing.intact().stream().toList());
            }

            @Override
            public Restore start(Sandbox sandbox, RestorePlan plan, String name, String superuser, Duration patience)
                    throws IOException {
                boolean isOver =
                        existing.copy().map(copy -> !copy.isInRecovery()).orElse(false);
                return isOver
                        ? Restore.reopen(sandbox, plan, name, superuser, patience)
                        : Restore.start(sandbox, plan, name, superuser, patience);
            }

            @Override
            public String subject() {
                return request.restored() ? "copy" : "backup";
            }
        });
        if (request.sabotage()) {
            new Sabotage(sandbox, access, options.patience(), listener)
                    .of(facts, claims)
                    .ifPresent(claims::add);
        }
        return recorder.record(facts, claims);
    }

    private void close(Sandbox sandbox) {
        try {
            sandbox.close();
        } catch (SandboxException e) {
            // the evidence is written, and the sandbox itself tries again when this JVM ends
            LOG.error("the sandbox was not removed", e);
            listener.leftBehind(e);
        }
    }
}
