package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.Snapshot;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.workload.JournalEntry.Outcome;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * A copy of a dump with which something is wrong, or that is not restored as a whole, judged like the dump itself.
 *
 * <p>No WAL and no settings of a recovery are what a dump is restored from, so that there are few faults.
 */
final class SabotagedDumps {

    private static final String CUT_SHORT = "the dump is cut short";
    private static final String MISSING = "the dump is missing";
    private static final String WITHOUT_ROWS = "the tables are restored without their rows";
    private static final String ANOTHER = "another dump has its name";

    private final Sandbox sandbox;
    private final DumpFacts facts;
    private final StoryDumps.Dump dump;
    private final Collection<StoryDumps.Dump> others;
    private final WalOpener archive;
    private final DrillListener listener;

    /** @param others all dumps of the story */
    SabotagedDumps(
            Sandbox sandbox,
            DumpFacts facts,
            StoryDumps.Dump dump,
            Collection<StoryDumps.Dump> others,
            WalOpener archive,
            DrillListener listener) {
        this.sandbox = sandbox;
        this.facts = facts;
        this.dump = dump;
        this.others = others;
        this.archive = archive;
        this.listener = listener;
    }

    /** @param name fit for a directory; nothing else in the sandbox begins with it */
    List<SabotageTrial> trials(String name) {
        List<SabotageTrial> trials = new ArrayList<>();
        trials.add(trial(name, CUT_SHORT, FindingCode.BACKUP_DAMAGED, List.of(), SabotagedDumps::cutShort));
        trials.add(trial(name, MISSING, FindingCode.BACKUP_DAMAGED, List.of(), Files::delete));
        trials.add(
                acknowledged().anyMatch(dump.snapshot()::sees)
                        ? trial(name, WITHOUT_ROWS, FindingCode.DATA_DIFFERS, List.of("--schema-only"), copy -> {})
                        : new SabotageTrial.NotApplicable(WITHOUT_ROWS, "no workload had committed any"));
        Optional<StoryDumps.Dump> other =
                others.stream().filter(Predicate.not(this::holdsTheSame)).findFirst();
        trials.add(
                other.isPresent()
                        ? trial(
                                name,
                                ANOTHER,
                                FindingCode.DATA_DIFFERS,
                                List.of(),
                                copy -> Files.copy(other.get().file(), copy, StandardCopyOption.REPLACE_EXISTING))
                        : new SabotageTrial.NotApplicable(ANOTHER, "the story has none that holds anything else"));
        return trials;
    }

    private static void cutShort(Path copy) throws IOException {
        try (FileChannel file = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            file.truncate(file.size() / 2);
        }
    }

    private boolean holdsTheSame(StoryDumps.Dump other) {
        Snapshot one = dump.snapshot();
        Snapshot another = other.snapshot();
        return acknowledged().allMatch(xid -> one.sees(xid) == another.sees(xid));
    }

    /** The transactions of the workloads. */
    private LongStream acknowledged() {
        return facts.story().recording().journal().entries().stream()
                .filter(attempt -> attempt.outcome() == Outcome.ACKNOWLEDGED)
                .mapToLong(attempt -> Objects.requireNonNull(attempt.xid()));
    }

    @FunctionalInterface
    private interface Strike {
        void at(Path copy) throws IOException;
    }

    private SabotageTrial trial(
            String name, String fault, FindingCode expected, List<String> arguments, Strike strike) {
        listener.sabotaged(fault);
        String place = name + "-" + fault.replaceAll("[^A-Za-z]+", "-");
        try (SabotagedSandbox sabotaged = new SabotagedSandbox(sandbox, SabotagedSandbox.Strike.NONE)) {
            StoryDumps.Dump copy = dump.in(sabotaged.createDirectory(place + "-copy"));
            Files.copy(dump.file(), copy.file());
            strike.at(copy.file());
            sabotaged.give(copy.directory());
            Assignment whole = facts.assignment();
            Assignment snapshotAlone =
                    new Assignment(whole.drill(), whole.scenario(), null, List.of(), whole.expect(), List.of(), null);
            List<Claim> claims = new DumpDrill(
                            sabotaged,
                            place,
                            new DumpFacts(snapshotAlone, facts.story(), copy),
                            copy,
                            archive,
                            DrillListener.SILENT)
                    .with(arguments)
                    .run();
            Verdict verdict = Verdict.merge(claims.stream().map(Claim::verdict).toList());
            Claim reason = claims.stream()
                    .filter(claim -> claim.verdict() == verdict)
                    .findFirst()
                    .orElseThrow();
            // what could not be restored for want of something else tells nothing about the fault
            return verdict == Verdict.UNPROVEN
                    ? new SabotageTrial.BrokenOff(fault, reason.found())
                    : RepeatedProof.tried(fault, Set.of(expected), reason);
        } catch (IOException | RuntimeException e) {
            return RepeatedProof.brokenOff(fault, e);
        }
    }
}
