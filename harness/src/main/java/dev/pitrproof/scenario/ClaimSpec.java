package dev.pitrproof.scenario;

import java.time.Duration;
import java.util.List;

/** One claim under {@code prove:}, as it is written; to judge it is the proof's matter. */
public sealed interface ClaimSpec {

    /** Recovery stopped exactly at the target. Always claimed, whether the file says so or not. */
    record TargetReached() implements ClaimSpec {}

    /** The restored cluster has the table. */
    record TableExists(String table) implements ClaimSpec {}

    /** The restored cluster has no such table. */
    record TableAbsent(String table) implements ClaimSpec {}

    /**
     * The table holds what it held at a mark.
     *
     * @param mark the name of a {@link Step.Mark} of the same story
     */
    record SameAs(String mark, String table) implements ClaimSpec {}

    /**
     * The query returns one value.
     *
     * @param expected the value as text, as PostgreSQL prints it
     */
    record Query(String sql, String expected) implements ClaimSpec {}

    /** Every row of every database can be read, and heaps and B-tree indexes are in order. */
    record StructureSound() implements ClaimSpec {}

    /** Every page of every relation file has the checksum that its content asks for. */
    record PageChecksumsSound() implements ClaimSpec {}

    /** No sequence will hand out a number that the column which it feeds has already. */
    record SequencesNotBehind() implements ClaimSpec {}

    /**
     * Exactly these prepared transactions are open.
     *
     * @param gids their global identifiers, without repetition; empty for none at all
     */
    record PreparedTransactions(List<String> gids) implements ClaimSpec {
        public PreparedTransactions {
            gids = List.copyOf(gids);
        }
    }

    /**
     * Every table of every database holds what it held at a mark, and there is no other table.
     *
     * @param mark the name of a {@link Step.Mark} of the same story
     */
    record ClusterSameAs(String mark) implements ClaimSpec {}

    /** The restore took at most this much real time (RTO). */
    record RecoveredWithin(Duration atMost) implements ClaimSpec {}

    /** From what was recovered to the damage is at most this much on the story's clock (RPO). */
    record LostAtMost(Duration atMost) implements ClaimSpec {}
}
