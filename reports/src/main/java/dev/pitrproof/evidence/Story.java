package dev.pitrproof.evidence;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened on the source, on the story clock and on the server's.
 *
 * <p>Story times are texts: {@code 14:00}, or {@code 1d 02:00} from the second day on.
 *
 * @param from the story time at which the story begins
 * @param to the story time at which it ends
 * @param moments what happened, in order
 * @param commits how many commits there were, bucket by bucket, in order
 */
public record Story(String from, String to, List<Moment> moments, List<CommitBucket> commits) {
    public Story {
        Components.present(from, "story.from");
        Components.present(to, "story.to");
        moments = Components.list(moments);
        commits = Components.list(commits);
    }

    /**
     * Something that happened.
     *
     * @param storyTime when, on the story clock
     * @param serverTime when, on the source server's clock; null when it was not read
     * @param lsn the source's position then, null when it was not read
     * @param kind {@code base-backup}, {@code logical-backup}, {@code workload}, {@code mark}, {@code accident}, {@code sql}, {@code sabotage},
     *     {@code restore-point}, {@code switch-wal}, {@code checkpoint}, {@code archive}, {@code crash}, {@code restart} or
     *     {@code target}
     * @param text for the reader: the statement, the mark's name, the label
     */
    public record Moment(
            String storyTime,
            @Nullable Instant serverTime,
            @Nullable String lsn,
            String kind,
            String text) {
        public Moment {
            Components.present(storyTime, "story.moments[].storyTime");
            Components.present(kind, "story.moments[].kind");
            Components.present(text, "story.moments[].text");
        }
    }

    /**
     * The workload's statements between two instants.
     *
     * @param storyTime where the bucket begins on the story clock; it ends where the next one begins
     * @param from where it begins on the server's clock
     * @param to where it ends, exclusive
     * @param commits how many were committed
     * @param refused how many the server refused
     */
    public record CommitBucket(String storyTime, Instant from, Instant to, int commits, int refused) {
        public CommitBucket {
            Components.present(storyTime, "story.commits[].storyTime");
            Components.present(from, "story.commits[].from");
            Components.present(to, "story.commits[].to");
        }
    }
}
