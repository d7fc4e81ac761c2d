package dev.pitrproof.cli;

/** What the two output streams can show. The launcher tells, because Java itself cannot. */
final class Terminal {

    private static final String WHERE = System.getProperty("pitrproof.terminal", "");

    private Terminal() {}

    /** Whether standard output is a terminal and colours are wanted, see no-color.org. */
    static boolean outHasColour() {
        return WHERE.contains("out") && System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
    }

    /** Whether standard error is a terminal that a progress line can be drawn on. */
    static boolean errIsTerminal() {
        return WHERE.contains("err") && !"dumb".equals(System.getenv("TERM"));
    }
}
