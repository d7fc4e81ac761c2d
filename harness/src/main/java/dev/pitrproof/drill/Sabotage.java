package dev.pitrproof.drill;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.fault.ArchiveFault;
import dev.pitrproof.fault.BackupFault;
import dev.pitrproof.fault.RestoreFault;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.proof.TargetClaim;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestorePlan;
import dev.pitrproof.restore.RestorePlanner;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.scenario.Expect;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.WalRecord;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Repeats a proof that holds on copies of the same artefacts, with one thing broken at a time: it must not hold any more,
 * and for the right reason. A proof that cannot fail proves nothing.
 */
final class Sabotage {

    static final String NAME = "sabotage";

    /**
     * One thing broken.
     *
     * @param fault what was, in words
     * @param expected any of these is the right reason
     * @param verdict what the proof came to
     * @param code why
     */
    record Trial(String fault, Set<FindingCode> expected, Verdict verdict, String code) {
        boolean isCaught() {
            return verdict != Verdict.PROVEN
                    && expected.stream().anyMatch(one -> one.name().equals(code));
        }
    }

    private final Sandbox sandbox;
    private final RestorePlan sound;
    private final String targetInWords;
    private final RestoreDrill.Access access;
    private final Duration patience;
    private final List<Trial> trials = new ArrayList<>();
    private int directories;

    /** @param sound a plan whose restore was proved */
    Sabotage(Sandbox sandbox, RestorePlan sound, String targetInWords, RestoreDrill.Access access, Duration patience) {
        this.sandbox = sandbox;
        this.sound = sound;
        this.targetInWords = targetInWords;
        this.access = access;
        this.patience = patience;
    }

    /** Tries them all; needs the space of the backup and of the WAL from it to the target. */
    List<Trial> run() throws IOException {
        archiveFaults();
        backupFaults();
        restoreFaults();
        return List.copyOf(trials);
    }

    private Path directory() throws IOException {
        return sandbox.createDirectory(NAME + "-" + ++directories);
    }

    /** The record that recovery applies last is one that it cannot do without. */
    private void archiveFaults() throws IOException {
        WalRecord last = sound.prediction().lastApplied();
        if (last == null) {
            return;
        }
        Path whole = directory();
        sound.archive().stage(sound.files(), whole);
        for (ArchiveFault fault : ArchiveFault.values()) {
            Path archive = directory();
            try (var files = Files.list(whole)) {
                for (Path file : files.toList()) {
                    Files.createLink(archive.resolve(whole.relativize(file)), file);
                }
            }
            fault.strike(archive, victim(last), last.start());
            trials.add(planned(fault.words(), fault.findings(), archive));
        }
    }

    private SegmentName victim(WalRecord record) {
        Lsn start = record.start();
        return SegmentName.holding(record.timeline(), start, sound.archive().segmentSize());
    }

    private Trial planned(String fault, Set<FindingCode> expected, Path directory) throws IOException {
        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            PlanOutcome outcome = new RestorePlanner(sound.backup(), archive, sound.target(), targetInWords)
                    .plan(sound.path().timeline());
            return outcome instanceof PlanOutcome.Refused refused
                    ? trial(fault, expected, refused.claim())
                    : new Trial(fault, expected, Verdict.PROVEN, FindingCode.TARGET_EXACT.name());
        }
    }

    private static Trial trial(String fault, Set<FindingCode> expected, Claim claim) {
        return new Trial(fault, expected, claim.verdict(), claim.code());
    }

    /** Without a manifest there is nothing that a single byte would contradict before the restore. */
    private void backupFaults() throws IOException {
        if (!sound.backup().manifest().isPresent()) {
            return;
        }
        BackupManifest.FileEntry table = sound.backup().manifest().files().stream()
                .filter(file -> file.path().matches("base/\\d+/\\d+") && file.size() > 0)
                .max(Comparator.comparingLong(BackupManifest.FileEntry::size))
                .orElseThrow();
        Path copy = directory();
        copy(sound.backup().directory(), copy);
        Path victim = copy.resolve(table.path());
        byte[] content = Files.readAllBytes(victim);
        for (BackupFault fault : BackupFault.values()) {
            fault.strike(victim);
            ExistingBackup.Examined examined = new ExistingBackup(copy, sandbox, false).examine();
            Files.write(victim, content);
            Claim claim = examined instanceof ExistingBackup.Examined.Usable usable
                    ? usable.intact().orElseThrow()
                    : ((ExistingBackup.Examined.Unusable) examined).why();
            trials.add(trial(fault.words(), Set.of(fault.finding()), claim));
        }
    }

    /** Links to tablespaces are copied as links: what is in them is not struck. */
    private static void copy(Path from, Path to) throws IOException {
        Path root = from.toRealPath();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(to.resolve(root.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path copy = to.resolve(root.relativize(file).toString());
                if (attributes.isSymbolicLink()) {
                    Files.createSymbolicLink(copy, Files.readSymbolicLink(file));
                } else if (attributes.isRegularFile()) {
                    Files.copy(file, copy);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void restoreFaults() {
        for (RestoreFault fault : RestoreFault.values()) {
            if (makesADifference(fault)) {
                trials.add(trial(fault.words(), fault.findings(), restored(fault)));
            }
        }
    }

    /** A server that is to stop there anyway cannot be told wrongly. */
    private boolean makesADifference(RestoreFault fault) {
        return switch (fault) {
            case TOO_EARLY -> !(sound.target() instanceof RecoveryTarget.Immediate) && hasCommits();
            case TOO_LATE ->
                !(sound.target() instanceof RecoveryTarget.Latest)
                        && !sound.prediction().mustNotBeCommitted().isEmpty();
            case NO_SIGNAL_FILE, LYING_RESTORE_COMMAND -> true;
        };
    }

    private boolean hasCommits() {
        return !sound.prediction().mustBeCommitted().isEmpty();
    }

    private Claim restored(RestoreFault fault) {
        BaseBackup backup = sound.backup();
        Assignment nothing = new Assignment(NAME, NAME, null, List.of(), Expect.PROVEN, List.of(), null);
        DrillFacts facts = new DrillFacts(nothing, sound.target(), targetInWords, null);
        RestoreDrill drill = new RestoreDrill(
                new SabotagedSandbox(sandbox, fault), NAME + "-restore-" + ++directories, facts, access, patience);
        List<Claim> claims = drill.run(new RestoreDrill.Planning() {
            @Override
            public DirectoryArchive openArchive() throws IOException {
                return DirectoryArchive.open(sound.archive().directory());
            }

            @Override
            public RestoreDrill.Planned plan(DirectoryArchive archive) {
                return new RestoreDrill.Planned(
                        backup, backup.directory(), new PlanOutcome.Reachable(sound), List.of());
            }
        });
        return claims.stream()
                .filter(claim -> claim.claim().equals(TargetClaim.NAME))
                .findFirst()
                .orElseThrow();
    }

    /** What the trials come to: a proof that misses one of them is not worth much. */
    static Claim claim(List<Trial> trials) {
        List<Trial> missed = trials.stream().filter(trial -> !trial.isCaught()).toList();
        String expected = "each of " + trials.size() + " faults is caught, for the right reason";
        if (missed.isEmpty()) {
            return new Claim(
                    NAME,
                    Verdict.PROVEN,
                    FindingCode.SABOTAGE_CAUGHT.name(),
                    expected,
                    trials.size() + " of " + trials.size() + " caught: "
                            + String.join(
                                    ", ",
                                    trials.stream()
                                            .map(trial -> trial.fault() + " (" + trial.code() + ")")
                                            .toList()),
                    null,
                    List.of("the same proof, repeated on broken copies"));
        }
        return new Claim(
                NAME,
                Verdict.UNPROVEN,
                FindingCode.SABOTAGE_MISSED.name(),
                expected,
                (trials.size() - missed.size()) + " of " + trials.size() + " caught; not caught: "
                        + String.join(
                                ", ",
                                missed.stream()
                                        .map(trial -> trial.fault() + " (" + trial.verdict() + " " + trial.code() + ")")
                                        .toList()),
                "a proof that does not notice this is no proof: please report it",
                List.of());
    }

    /** For {@code sabotage.jsonl}. */
    static List<Map<String, Object>> lines(List<Trial> trials) {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (Trial trial : trials) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("fault", trial.fault());
            line.put(
                    "expected",
                    trial.expected().stream().map(FindingCode::name).sorted().toList());
            line.put("verdict", trial.verdict());
            line.put("code", trial.code());
            line.put("caught", trial.isCaught());
            lines.add(line);
        }
        return lines;
    }

    /** Only a proof that holds can be sabotaged. */
    static Optional<RestorePlan> provenPlan(DrillFacts facts, List<Claim> claims) {
        Verdict verdict = Verdict.merge(claims.stream().map(Claim::verdict).toList());
        return verdict == Verdict.PROVEN ? facts.plan() : Optional.empty();
    }
}
