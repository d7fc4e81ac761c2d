package dev.pitrproof.html;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.LogicalBackup;
import dev.pitrproof.evidence.Objectives.Rpo;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.prose.Prose;
import dev.pitrproof.prose.Wording;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A restore of a story of which a dump was restored, too: what each lost, as it was measured.
 *
 * @param drill the name of its drill
 * @param href its page, from another drill's
 * @param how by what it was restored, and where to
 * @param lost on the story clock, written
 * @param transactions acknowledged ones that are not there, written
 * @param self whether it is the drill that the page is about
 */
public record SideBySide(
        String drill, String href, String how, String lost, String transactions, Verdict verdict, boolean self) {

    /** The restores of the drill's story, in their order; empty where none of them is of a dump. */
    static List<SideBySide> of(EvidenceOnDisk drill, List<EvidenceOnDisk> drills) {
        Instant begun = begun(drill.evidence());
        List<EvidenceOnDisk> story = begun == null
                ? List.of()
                : drills.stream()
                        .filter(other -> begun.equals(begun(other.evidence())))
                        .filter(other -> loss(other.evidence()) != null)
                        .toList();
        return story.stream().anyMatch(other -> other.evidence().logicalBackup() != null)
                ? story.stream().map(other -> row(other, drill)).toList()
                : List.of();
    }

    /** When the story began on the server's clock, which no other story did; null when nobody recorded one. */
    private static @Nullable Instant begun(Evidence evidence) {
        return evidence.story() == null
                ? null
                : evidence.story().moments().stream()
                        .map(Moment::serverTime)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
    }

    private static @Nullable Rpo loss(Evidence evidence) {
        return evidence.objectives() == null ? null : evidence.objectives().rpo();
    }

    private static SideBySide row(EvidenceOnDisk drill, EvidenceOnDisk page) {
        Evidence evidence = drill.evidence();
        Rpo rpo = Objects.requireNonNull(loss(evidence));
        LogicalBackup dump = evidence.logicalBackup();
        String how = dump == null
                ? "recovery to " + Prose.asked(evidence)
                : "pg_restore of the dump " + dump.label() + ", taken at " + dump.storyTime();
        return new SideBySide(
                drill.name(),
                PageName.of(drill).html(),
                how,
                Wording.seconds(rpo.measured()),
                Wording.count(rpo.acknowledgedCommitsLostTotal()),
                evidence.verdict(),
                drill.name().equals(page.name()));
    }
}
