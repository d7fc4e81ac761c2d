package dev.pitrproof.html;

import dev.pitrproof.evidence.Attachment;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Objectives.Rto;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.prose.Aim;
import dev.pitrproof.prose.Prose;
import dev.pitrproof.prose.Wording;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the page says about one drill, in the words it says it in.
 *
 * @param id unique in the page, fit for an anchor
 * @param name what the drill is called, unique in the page too
 * @param lastApplied the sentence about A, null when there is no A
 * @param firstNotApplied the sentence about N, null when there is no N
 * @param noEdge why there is neither, for when both are null
 * @param phases the parts of the recovery time, empty when it was not measured
 */
public record DrillView(
        String id,
        String name,
        Evidence evidence,
        String css,
        String outcome,
        String why,
        StoryPicture wide,
        StoryPicture narrow,
        @Nullable String lastApplied,
        @Nullable String firstNotApplied,
        String noEdge,
        List<Claim> claims,
        List<Phase> phases,
        List<Facts> facts,
        List<Link> links) {

    /**
     * A part of the recovery time.
     *
     * @param seconds its length, written
     * @param share its part of the whole, in percent
     */
    public record Phase(String name, String seconds, double share) {}

    /** A file beside the evidence. */
    public record Link(String text, String href) {}

    static DrillView of(EvidenceOnDisk drill, String id) {
        Evidence evidence = drill.evidence();
        Aim aim = Aim.of(evidence);
        return new DrillView(
                id,
                drill.name(),
                evidence,
                evidence.verdict().name().toLowerCase(Locale.ROOT),
                Prose.outcome(evidence),
                Prose.why(evidence),
                StoryPicture.wide(evidence, id),
                StoryPicture.narrow(evidence, id),
                Prose.lastApplied(aim),
                Prose.firstNotApplied(aim),
                Prose.noEdge(aim),
                evidence.claims(),
                phases(evidence),
                Facts.of(aim),
                links(drill));
    }

    /** What happened on the source, empty when nobody recorded it. */
    public List<Moment> moments() {
        return evidence.story() == null ? List.of() : evidence.story().moments();
    }

    /** An instant of the server's clock, empty when there is none. */
    public String time(@Nullable Instant instant) {
        return instant == null ? "" : Wording.time(instant);
    }

    /** What was asked for, in a few words. */
    public String asked() {
        return Prose.asked(evidence);
    }

    /** What became of it, in a few words. */
    public String reached() {
        return Prose.reached(evidence);
    }

    /** The whole recovery time with its bound, null when it was not measured. */
    public @Nullable String recoveryTime() {
        return Prose.recoveryTime(evidence);
    }

    private static List<Phase> phases(Evidence evidence) {
        Rto rto = evidence.objectives() == null ? null : evidence.objectives().rto();
        List<Phase> phases = new ArrayList<>();
        if (rto != null) {
            double whole = rto.phases().values().stream()
                    .mapToDouble(Double::doubleValue)
                    .sum();
            for (Map.Entry<String, Double> phase : rto.phases().entrySet()) {
                double share = whole <= 0 ? 0 : Canvas.round(100 * phase.getValue() / whole);
                phases.add(new Phase(phase.getKey(), Wording.seconds(phase.getValue()), share));
            }
        }
        return phases;
    }

    private static List<Link> links(EvidenceOnDisk drill) {
        Evidence evidence = drill.evidence();
        List<Link> links = new ArrayList<>();
        links.add(link(drill, "evidence.json", "evidence.json"));
        if (evidence.journal() != null) {
            links.add(link(drill, "the client’s journal", evidence.journal()));
        }
        if (evidence.answers() != null) {
            links.add(link(drill, "the witnesses’ answers", evidence.answers()));
        }
        evidence.attachments().stream()
                .map(Attachment::file)
                .filter(file -> !file.equals(evidence.journal()) && !file.equals(evidence.answers()))
                .forEach(file -> links.add(link(drill, file, file)));
        return links;
    }

    private static Link link(EvidenceOnDisk drill, String text, String file) {
        String path = drill.directory().isEmpty() ? file : drill.directory() + "/" + file;
        return new Link(text, RelativeLink.of(path));
    }
}
