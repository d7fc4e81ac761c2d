package dev.pitrproof.scenario;

/** Where a restore is to stop. */
public sealed interface RestoreTarget {

    /** The story time that it stands for. */
    StoryTime time();

    /** Whether a transaction that ends exactly at the target is still to be there. */
    boolean inclusive();

    /** The moment at which the story's clock reached {@code time}, before any step that is due then. */
    record StoryMoment(StoryTime time, boolean inclusive) implements RestoreTarget {}

    /**
     * The moment of a mark.
     *
     * @param mark the name of a {@link Step.Mark} of the same story
     * @param time the story time of that mark
     */
    record MarkMoment(String mark, StoryTime time, boolean inclusive) implements RestoreTarget {}
}
