package dev.pitrproof.drill;

import dev.pitrproof.sandbox.Sandbox;
import java.io.IOException;

/** Opens a new sandbox with a PostgreSQL of the given major version. */
@FunctionalInterface
public interface SandboxOpener {
    Sandbox open(int major) throws IOException;
}
