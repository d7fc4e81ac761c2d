package dev.pitrproof.drill;

/**
 * How far something is that takes its time.
 *
 * @param phase what is going on, in a word or two; another phase begins anew
 * @param done how much of it is done, in {@code unit}
 * @param of how much there is; 0 if that is not known
 */
public record Progress(String phase, long done, long of, Unit unit) {

    /** What is counted. */
    public enum Unit {
        /** Bytes. */
        BYTES,
        /** Whatever the phase is about. */
        ITEMS,
        /** Nothing: only that it goes on can be said. */
        NONE
    }

    /** Something of which nothing can be counted. */
    public static Progress of(String phase) {
        return new Progress(phase, 0, 0, Unit.NONE);
    }

    public static Progress ofBytes(String phase, long done, long of) {
        return new Progress(phase, done, of, Unit.BYTES);
    }

    public static Progress ofItems(String phase, long done, long of) {
        return new Progress(phase, done, of, Unit.ITEMS);
    }
}
