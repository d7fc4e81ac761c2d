package dev.pitrproof.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * What one call of the program left behind.
 *
 * @param code its exit code
 * @param out what it printed to standard output
 * @param err what it printed to standard error
 */
record Outcome(int code, String out, String err) {

    /** Calls it as a user does. */
    static Outcome of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }

    static Outcome of(List<String> arguments) {
        return of(arguments.toArray(String[]::new));
    }
}
