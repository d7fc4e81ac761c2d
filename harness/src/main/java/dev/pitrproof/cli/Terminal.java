package dev.pitrproof.cli;

import java.io.Console;
import java.util.Optional;

/** The terminal that somebody sits at, if there is one. */
final class Terminal {

    // standard output and error can each be redirected: the launcher tells, because Java itself cannot
    private static final String WHERE = System.getProperty("pitrproof.terminal", "");

    private Terminal() {}

    /** Whether standard output is a terminal and colours are wanted, see no-color.org. */
    static boolean outHasColour() {
        return WHERE.contains("out")
                && System.getenv().getOrDefault("NO_COLOR", "").isEmpty()
                && !isDumb();
    }

    /** Whether standard error is a terminal that a progress line can be drawn on. */
    static boolean errIsTerminal() {
        return WHERE.contains("err") && !isDumb();
    }

    /** How wide the terminal on standard output is; 0 if that is none. */
    static int columns() {
        return Integer.getInteger("pitrproof.columns", 0);
    }

    private static boolean isDumb() {
        return "dumb".equals(System.getenv("TERM"));
    }

    /** The console, if both ends of it are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // JDK 22 and newer always return one: asked below
    static Optional<Console> console() {
        Console console = System.console();
        if (console == null) {
            return Optional.empty();
        }
        try {
            boolean terminal = (boolean) Console.class.getMethod("isTerminal").invoke(console);
            return terminal ? Optional.of(console) : Optional.empty();
        } catch (ReflectiveOperationException e) {
            // JDK 21 and older have no such method, and no console without a terminal
            return Optional.of(console);
        }
    }
}
