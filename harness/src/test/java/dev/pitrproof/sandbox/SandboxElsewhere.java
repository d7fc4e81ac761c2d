package dev.pitrproof.sandbox;

import java.nio.file.Path;
import java.util.Optional;

/** Process sandboxes in a place that a test chooses. */
public final class SandboxElsewhere {

    private SandboxElsewhere() {}

    /** A sandbox below a directory, which everybody can enter. */
    public static ProcessSandbox in(Path directory, int major) throws SandboxException {
        return ProcessSandbox.open(
                PostgresBinaries.find(major, null, message -> {}), directory, ServerUser.find(Optional.empty()));
    }
}
