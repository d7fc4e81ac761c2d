package dev.pitrproof.drill;

import dev.pitrproof.backup.FileChecksum;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.evidence.LogicalBackup;
import dev.pitrproof.evidence.Objectives;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Target;
import dev.pitrproof.evidence.TransactionRef;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.scenario.ClaimSpec;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns the facts of a restored dump into the parts of its evidence; what only a recovery has is not there. */
final class DumpParts extends EvidenceParts {

    private final DumpFacts facts;

    DumpParts(DumpFacts facts) {
        super(null);
        this.facts = facts;
    }

    @Override
    List<String> notes() {
        return facts.notes();
    }

    @Override
    @Nullable
    Target target() {
        return facts.dump()
                .map(dump -> new Target(
                        "snapshot",
                        dump.snapshotText(),
                        true,
                        TimelineId.FIRST.value(),
                        dump.moment().storyTime().toString()))
                .orElse(null);
    }

    @Override
    @Nullable
    Objectives objectives() {
        Objectives.Rto rto = facts.phases().isEmpty()
                ? null
                : new Objectives.Rto(
                        asked(ClaimSpec.RecoveredWithin.class),
                        facts.seconds(),
                        facts.phases(),
                        null,
                        facts.checkSeconds().orElse(null));
        Objectives.Rpo rpo = facts.loss().map(this::lost).orElse(null);
        return rto == null && rpo == null ? null : new Objectives(rto, rpo);
    }

    private @Nullable Double asked(Class<? extends ClaimSpec> kind) {
        Double asked = null;
        for (ClaimSpec claim : facts.assignment().prove()) {
            if (kind.isInstance(claim) && claim instanceof ClaimSpec.RecoveredWithin within) {
                asked = seconds(within.atMost());
            } else if (kind.isInstance(claim) && claim instanceof ClaimSpec.LostAtMost lost) {
                asked = seconds(lost.atMost());
            }
        }
        return asked;
    }

    private Objectives.@Nullable Rpo lost(DumpLoss loss) {
        Recording.Damage damage = facts.story().recording().damage();
        if (damage == null) {
            return null;
        }
        return new Objectives.Rpo(
                asked(ClaimSpec.LostAtMost.class),
                Math.max(0, seconds(loss.story())),
                facts.dump().map(StoryDumps.Dump::taken).orElse(null),
                damage.serverTime(),
                loss.acknowledged().stream()
                        .limit(LOST_COMMITS_LISTED)
                        .map(EvidenceParts::reference)
                        .toList(),
                loss.acknowledged().size());
    }

    @Override
    @Nullable
    Story story() {
        return StoryOutline.of(facts.story());
    }

    @Override
    @Nullable
    Impact impact() {
        return new Impact(facts.story().recording().impacts());
    }

    @Override
    @Nullable
    LogicalBackup logicalBackup() {
        return facts.dump().map(this::logicalBackup).orElse(null);
    }

    private LogicalBackup logicalBackup(StoryDumps.Dump dump) {
        Optional<DumpLoss> loss = facts.loss();
        try {
            return new LogicalBackup(
                    dump.label(),
                    dump.program(),
                    dump.origin(),
                    dump.snapshotText(),
                    dump.position().toString(),
                    dump.taken(),
                    dump.moment().storyTime().toString(),
                    Files.size(dump.file()),
                    seconds(dump.took()),
                    FileChecksum.sha256(dump.file()),
                    loss.map(known -> known.seen().size()).orElse(0),
                    loss.map(known -> known.missing().size()).orElse(0),
                    reference(loss.flatMap(DumpLoss::lastSeen)),
                    reference(loss.flatMap(DumpLoss::firstMissing)),
                    facts.sideBySide());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable TransactionRef reference(Optional<EndedTransaction> end) {
        return end.map(EvidenceParts::reference).orElse(null);
    }
}
