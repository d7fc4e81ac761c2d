package dev.pitrproof.cli;

import java.util.List;
import java.util.function.Consumer;

/**
 * What a hostile server does to WAL that would be in order.
 *
 * @param says what the client says of it
 * @param left the files that it leaves, of WAL that was in order
 * @param acknowledged the highest position up to which the server had sent anything good
 */
record WalAttack(
        String name, Consumer<ScriptedWal> spoil, String says, List<String> left, long acknowledged, boolean withSlot) {

    private static final String FIRST = "000000010000000000000005.partial";

    /** Before anything good has come. */
    static WalAttack of(String name, String says, Consumer<ScriptedWal> spoil) {
        return new WalAttack(name, spoil, says, List.of(), ScriptedWal.BEGIN, false);
    }

    /** Before anything good has come, where a slot is used. */
    static WalAttack onSlot(String name, String says, ScriptedBackup.Part slot) {
        return new WalAttack(name, script -> script.slot = slot, says, List.of(), ScriptedWal.BEGIN, true);
    }

    /** Instead of the stream, before anything good has come. */
    static WalAttack stream(String name, String says, ScriptedBackup.Part stream) {
        return of(name, says, script -> script.first = stream);
    }

    /** In the stream, behind WAL that is in order. */
    static WalAttack behind(String name, String says, ScriptedBackup.Part attack) {
        return new WalAttack(
                name,
                script -> script.first = wire -> {
                    wire.copyBoth();
                    ScriptedWal.send(ScriptedWal.BEGIN, ScriptedWal.BRANCH, wire);
                    attack.send(wire);
                },
                says,
                List.of(FIRST),
                ScriptedWal.BRANCH,
                false);
    }

    /** After the first timeline has ended in order. */
    static WalAttack later(String name, String says, Consumer<ScriptedWal> spoil) {
        return new WalAttack(name, spoil, says, List.of(FIRST), ScriptedWal.BRANCH, false);
    }

    WalAttack leaving(long upTo, String... files) {
        return new WalAttack(name, spoil, says, List.of(files), upTo, withSlot);
    }

    @Override
    public String toString() {
        return name;
    }
}
