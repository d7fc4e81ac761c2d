package dev.pitrproof.cli;

import java.util.List;
import java.util.function.Consumer;

/**
 * What a hostile server does to a backup that would be in order.
 *
 * @param says what the client says of it
 * @param arguments the options with which the client is hit by it
 */
record Attack(String name, Consumer<ScriptedBackup> spoil, String says, int exitCode, List<String> arguments) {

    static Attack of(String name, String says, Consumer<ScriptedBackup> spoil, String... arguments) {
        return new Attack(name, spoil, says, 3, List.of(arguments));
    }

    /** The backup is kept, but nobody may rely on it. */
    static Attack damage(String name, String says, Consumer<ScriptedBackup> spoil) {
        return new Attack(name, spoil, says, 1, List.of());
    }

    @Override
    public String toString() {
        return name;
    }
}
