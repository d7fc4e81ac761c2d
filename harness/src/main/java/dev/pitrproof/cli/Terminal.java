package dev.pitrproof.cli;

import java.io.Console;
import java.util.Optional;

/** The terminal that somebody sits at, if there is one. */
final class Terminal {

    private Terminal() {}

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
