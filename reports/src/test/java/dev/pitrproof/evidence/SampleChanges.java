package dev.pitrproof.evidence;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Evidences that differ in one thing from another. */
public final class SampleChanges {

    private SampleChanges() {}

    public static Evidence withStory(Evidence e, @Nullable Story story) {
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
                e.attachments(),
                e.tags());
    }

    public static Evidence withLeftOut(Evidence e, List<TransactionRef> leftOut) {
        Oracle o = Objects.requireNonNull(e.oracle());
        Oracle oracle = new Oracle(
                o.lastApplied(),
                o.firstNotApplied(),
                o.committed(),
                o.notCommitted(),
                leftOut,
                o.timelinePath(),
                o.appliedThroughLsn());
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
                oracle,
                e.witnesses(),
                e.claims(),
                e.objectives(),
                e.isolation(),
                e.story(),
                e.journal(),
                e.answers(),
                e.attachments(),
                e.tags());
    }

    public static Evidence withOutcome(Evidence e, Expectation expected, boolean asExpected) {
        return new Evidence(
                e.schema(),
                e.drill(),
                e.scenario(),
                e.about(),
                e.verdict(),
                expected,
                asExpected,
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
                e.story(),
                e.journal(),
                e.answers(),
                e.attachments(),
                e.tags());
    }

    public static Evidence withClaims(Evidence e, List<Claim> claims) {
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
                claims,
                e.objectives(),
                e.isolation(),
                e.story(),
                e.journal(),
                e.answers(),
                e.attachments(),
                e.tags());
    }

    public static Evidence withAttachments(Evidence e, List<Attachment> attachments) {
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
                e.story(),
                e.journal(),
                e.answers(),
                attachments,
                e.tags());
    }

    public static Evidence withTags(Evidence e, List<String> tags) {
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
                e.story(),
                e.journal(),
                e.answers(),
                e.attachments(),
                tags);
    }

    public static Evidence named(Evidence e, String drill) {
        return new Evidence(
                e.schema(),
                drill,
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
                e.story(),
                e.journal(),
                e.answers(),
                e.attachments(),
                e.tags());
    }
}
