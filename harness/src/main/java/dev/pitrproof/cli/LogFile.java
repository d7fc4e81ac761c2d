package dev.pitrproof.cli;

import java.nio.file.Path;

/** Where the details of errors go, which have no place on a terminal. */
final class LogFile {

    /** The system property that the logging configuration reads. */
    static final String PROPERTY = "pitrproof.log";

    private LogFile() {}

    /** For commands without an output directory of their own. */
    static Path standard() {
        return Path.of(System.getProperty("java.io.tmpdir"), "pitrproof-" + System.getProperty("user.name") + ".log");
    }

    /** Lets everything that is logged from now on go to {@code file}; before the first line is logged. */
    static void use(Path file) {
        System.setProperty(PROPERTY, file.toString());
    }
}
