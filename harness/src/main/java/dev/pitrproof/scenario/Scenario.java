package dev.pitrproof.scenario;

import dev.pitrproof.workload.WorkKind;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A scenario that was read and found consistent: times in order and inside the clock, names known and unique.
 *
 * @param file the file, as the user named it
 * @param name lower case letters, digits and dashes, fit for the name of a directory
 * @param about what it shows, in the author's words
 * @param tags to select by
 * @param postgres the major versions it is for
 * @param clock the story's clock
 * @param source the cluster that is backed up
 * @param story what happens, in order; with at least one base backup
 * @param restores what is restored and proved afterwards, at least one
 * @param variables the names of the variables that the file declares or uses
 */
public record Scenario(
        Path file,
        String name,
        @Nullable String about,
        List<String> tags,
        MajorRange postgres,
        StoryClock clock,
        Source source,
        List<Step> story,
        List<Restore> restores,
        Set<String> variables) {

    public Scenario {
        tags = List.copyOf(tags);
        story = List.copyOf(story);
        restores = List.copyOf(restores);
        variables = Set.copyOf(variables);
    }

    /** Whether its story takes a logical backup, for which it needs PostgreSQL's client programs. */
    public boolean needsClients() {
        return story.stream().anyMatch(Step.LogicalBackup.class::isInstance);
    }

    /** What kinds of workload there are in the story. */
    public Set<WorkKind> workKinds() {
        Set<WorkKind> kinds = EnumSet.noneOf(WorkKind.class);
        for (Step step : story) {
            if (step instanceof Step.Workload workload) {
                kinds.add(workload.kind());
            }
        }
        return kinds;
    }
}
