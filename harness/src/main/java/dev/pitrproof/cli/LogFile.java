package dev.pitrproof.cli;

import java.nio.file.Path;

/** Where the details of errors go, which have no place on a terminal. */
final class LogFile {

    /** The system property that the logging configuration reads. */
    static final String PROPERTY = "pitrproof.log";

    private static final String CONFIGURATION = "logback.configurationFile";

    private LogFile() {}

    /** Sets up the program's logging, unless whoever started it has; a program that embeds us keeps its own. */
    static void configure() {
        setUnlessSet(CONFIGURATION, "dev/pitrproof/cli/logback.xml");
        setUnlessSet(PROPERTY, standard().toString());
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** For commands without an output directory of their own. */
    private static Path standard() {
        return Path.of(System.getProperty("java.io.tmpdir"), "pitrproof-" + System.getProperty("user.name") + ".log");
    }

    /** Lets everything that is logged from now on go to {@code file}; before the first line is logged. */
    static void use(Path file) {
        System.setProperty(PROPERTY, file.toString());
    }
}
