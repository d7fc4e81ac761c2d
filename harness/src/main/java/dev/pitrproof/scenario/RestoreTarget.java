package dev.pitrproof.scenario;

import java.time.Instant;

/** Where a restore is to stop. */
public sealed interface RestoreTarget {

    /** The story time that it stands for; the end of the story for a real time, which stands for none. */
    StoryTime time();

    /** Whether a transaction that ends exactly at the target is still to be there. */
    boolean inclusive();

    /** The target as its author named it, in a word or two. */
    String inWords();

    /** The moment at which the story's clock reached {@code time}, before any step that is due then. */
    record StoryMoment(StoryTime time, boolean inclusive) implements RestoreTarget {
        @Override
        public String inWords() {
            return time.toString();
        }
    }

    /**
     * The moment of a mark.
     *
     * @param mark the name of a {@link Step.Mark} of the same story
     * @param time the story time of that mark
     */
    record MarkMoment(String mark, StoryTime time, boolean inclusive) implements RestoreTarget {
        @Override
        public String inWords() {
            return mark;
        }
    }

    /**
     * A restore point; PostgreSQL always stops behind it.
     *
     * @param name of a {@link Step.RestorePoint} of the same story
     * @param time the story time of that step
     */
    record AtRestorePoint(String name, StoryTime time) implements RestoreTarget {
        @Override
        public boolean inclusive() {
            return true;
        }

        @Override
        public String inWords() {
            return "restore point " + name;
        }
    }

    /**
     * The end of a step's transaction, named by its xid.
     *
     * @param step the name that a step of the same story has by {@code as:}
     * @param time the story time of that step
     */
    record OfTransaction(String step, StoryTime time, boolean inclusive) implements RestoreTarget {
        @Override
        public String inWords() {
            return "the xid of " + step;
        }
    }

    /**
     * The commit record of a step's transaction, named by its position in the WAL.
     *
     * @param step the name that a step of the same story has by {@code as:}
     * @param time the story time of that step
     */
    record AtCommit(String step, StoryTime time, boolean inclusive) implements RestoreTarget {
        @Override
        public String inWords() {
            return "the LSN of " + step;
        }
    }

    /**
     * As soon as the backup is consistent.
     *
     * @param time when the backup began
     */
    record EndOfBackup(StoryTime time) implements RestoreTarget {
        @Override
        public boolean inclusive() {
            return true;
        }

        @Override
        public String inWords() {
            return "the end of the backup";
        }
    }

    /**
     * All the WAL there is in the archive.
     *
     * @param time when the story ends
     */
    record EndOfArchive(StoryTime time) implements RestoreTarget {
        @Override
        public boolean inclusive() {
            return true;
        }

        @Override
        public String inWords() {
            return "the end of the archive";
        }
    }

    /**
     * The one moment that a logical backup holds: that of its snapshot. There is no recovery that could stop elsewhere.
     *
     * @param time the story time of the {@link Step.LogicalBackup}
     */
    record OfSnapshot(StoryTime time) implements RestoreTarget {
        @Override
        public boolean inclusive() {
            return true;
        }

        @Override
        public String inWords() {
            return "its own snapshot";
        }
    }

    /**
     * A time of the world's calendar, whatever the story's clock says then.
     *
     * @param written as the file has it
     * @param time when the story ends
     */
    record OfCalendar(Instant instant, String written, StoryTime time, boolean inclusive) implements RestoreTarget {
        @Override
        public String inWords() {
            return written;
        }
    }
}
