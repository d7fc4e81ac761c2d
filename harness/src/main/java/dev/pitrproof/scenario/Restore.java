package dev.pitrproof.scenario;

import dev.pitrproof.proof.SweepChoice;
import dev.pitrproof.proof.TimelineChoice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry under {@code restore:}, which becomes one drill.
 *
 * @param position where the entry begins in the file
 * @param about what it shows, in the author's words
 * @param from the label of a {@link Step.BaseBackup} or a {@link Step.LogicalBackup} of the same story
 * @param to where to stop; {@link RestoreTarget.OfSnapshot} for a logical backup, and only for that
 * @param timeline which timeline is followed
 * @param server what is special about the server that is to recover it
 * @param sweep which states before {@code to} are proved as well, in one replay; null if none
 * @param expect how the drill is to end
 * @param prove what is claimed: {@link ClaimSpec.TargetReached} first and once, unless a logical backup is restored, which
 *     no recovery follows; then what the file says, in its order
 */
public record Restore(
        Position position,
        @Nullable String about,
        String from,
        RestoreTarget to,
        TimelineChoice timeline,
        ServerChoice server,
        @Nullable SweepChoice sweep,
        Expect expect,
        List<ClaimSpec> prove) {

    public Restore {
        prove = List.copyOf(prove);
    }
}
