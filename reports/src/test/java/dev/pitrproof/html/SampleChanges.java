package dev.pitrproof.html;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Story;
import org.jspecify.annotations.Nullable;

/** Evidences that differ in one thing from another. */
final class SampleChanges {

    private SampleChanges() {}

    static Evidence withStory(Evidence e, @Nullable Story story) {
        return new Evidence(
                e.schema(),
                e.drill(),
                e.scenario(),
                e.about(),
                e.verdict(),
                e.expected(),
                e.asExpected(),
                e.tool(),
                e.seed(),
                e.started(),
                e.ended(),
                e.startedBy(),
                e.postgres(),
                e.backup(),
                e.archive(),
                e.target(),
                e.oracle(),
                e.witnesses(),
                e.claims(),
                e.objectives(),
                e.isolation(),
                story,
                e.journal(),
                e.answers(),
                e.attachments());
    }
}
