package dev.pitrproof.scenario;

import java.nio.file.Path;

/**
 * A place in a scenario file.
 *
 * @param file the file, as the user named it
 * @param line counted from 1; 0 for the file as a whole
 * @param column counted from 1, in characters (Unicode code points); 0 for the file as a whole
 */
public record Position(Path file, int line, int column) {

    /** The file as a whole, for what no line is to blame for. */
    public static Position of(Path file) {
        return new Position(file, 0, 0);
    }

    /** {@code file:line:column}, the form that editors and terminals turn into a link. */
    @Override
    public String toString() {
        return line == 0 ? file.toString() : file + ":" + line + ":" + column;
    }
}
