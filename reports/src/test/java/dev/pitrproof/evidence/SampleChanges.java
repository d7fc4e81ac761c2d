package dev.pitrproof.evidence;

import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Evidences that differ in one thing from another. */
public final class SampleChanges {

    private SampleChanges() {}

    public static Evidence withStory(Evidence e, @Nullable Story story) {
        return with(e, "story", story);
    }

    public static Evidence withLeftOut(Evidence e, List<TransactionRef> leftOut) {
        return with(e, "oracle", with(Objects.requireNonNull(e.oracle()), "leftOutThoughEarlier", leftOut));
    }

    public static Evidence withOutcome(Evidence e, Expectation expected, boolean asExpected) {
        return with(with(e, "expected", expected), "asExpected", asExpected);
    }

    public static Evidence withClaims(Evidence e, List<Claim> claims) {
        return with(e, "claims", claims);
    }

    /** With these attachments, of which none is the journal or the answers. */
    public static Evidence withOnly(Evidence e, List<Attachment> attachments) {
        return with(with(with(e, "attachments", attachments), "journal", null), "answers", null);
    }

    public static Evidence withTags(Evidence e, List<String> tags) {
        return with(e, "tags", tags);
    }

    public static Evidence withNotes(Evidence e, List<String> notes) {
        return with(e, "notes", notes);
    }

    /** As of a server that was started anew since its recovery, which it left at this position. */
    public static Evidence startedAnew(Evidence e, String switchLsn) {
        Witnesses witnesses = with(Objects.requireNonNull(e.witnesses()), "replayLsn", null);
        return with(e, "witnesses", with(witnesses, "historySwitchLsn", switchLsn));
    }

    /** As of a server that was told its target so. */
    public static Evidence withTold(Evidence e, Map<String, String> settings, @Nullable Instant time) {
        Witnesses witnesses = with(Objects.requireNonNull(e.witnesses()), "told", settings);
        return with(e, "witnesses", with(witnesses, "toldTime", time));
    }

    public static Evidence withImpact(Evidence e, Impact impact) {
        return with(e, "impact", impact);
    }

    public static Evidence withoutServer(Evidence e) {
        return with(e, "postgres", null);
    }

    public static Evidence readableThrough(Evidence e, String lsn) {
        return with(e, "archive", with(Objects.requireNonNull(e.archive()), "readableThroughLsn", lsn));
    }

    public static Evidence recoveredThrough(Evidence e, Instant time) {
        Objectives objectives = Objects.requireNonNull(e.objectives());
        Objectives.Rpo rpo = with(Objects.requireNonNull(objectives.rpo()), "recoveredThrough", time);
        return with(e, "objectives", with(objectives, "rpo", rpo));
    }

    public static Evidence ofProve(Evidence e) {
        return with(e, "scenario", "prove");
    }

    public static Evidence named(Evidence e, String drill) {
        return with(e, "drill", drill);
    }

    /** A record that differs in one component. */
    private static <R extends Record> R with(R record, String component, @Nullable Object value) {
        @SuppressWarnings("unchecked") // what getClass() of an R gives
        Class<R> type = (Class<R>) record.getClass();
        RecordComponent[] components = type.getRecordComponents();
        try {
            @Nullable Object[] values = new Object[components.length];
            for (int i = 0; i < components.length; i++) {
                values[i] = components[i].getName().equals(component)
                        ? value
                        : components[i].getAccessor().invoke(record);
            }
            return type.getDeclaredConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new))
                    .newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(component + " of " + type.getSimpleName(), e);
        }
    }
}
