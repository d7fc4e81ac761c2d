package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;

/** Says that an archive cannot be read, and with which exit code that ends. */
final class ArchiveTrouble {

    private ArchiveTrouble() {}

    static int report(ArchiveException e, PrintWriter err) {
        err.println("error: " + e.getMessage());
        err.println("HINT: " + e.hint());
        return switch (e.kind()) {
            case DAMAGED -> ExitCode.REFUTED.number();
            case NO_DIRECTORY, NO_SEGMENTS -> ExitCode.USAGE.number();
            case UNREACHABLE -> ExitCode.UNPROVEN.number();
        };
    }

    static int report(Object place, IOException e, PrintWriter err) {
        err.println(
                e instanceof SandboxException
                        ? "error: " + e.getMessage()
                        : "error: cannot read \"" + place + "\": "
                                + e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage());
        err.println("HINT: " + hint(e).orElse("the files must be readable by the user who runs this command"));
        return ExitCode.UNPROVEN.number();
    }

    /** What to do about a failure of this machine, if it is one. */
    static Optional<String> hint(IOException e) {
        return e instanceof SandboxException sandbox
                ? Optional.ofNullable(sandbox.hint())
                : SandboxException.hintAbout(String.valueOf(e.getMessage()));
    }
}
