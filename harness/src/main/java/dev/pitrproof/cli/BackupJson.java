package dev.pitrproof.cli;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.drill.Explanation;
import java.io.PrintWriter;

/** What {@code basebackup --json} prints, one object a line. */
final class BackupJson {

    private BackupJson() {}

    static void print(PrintWriter out, BaseBackup backup) {
        JsonLine.print(
                out,
                "basebackup",
                "directory",
                backup.directory().toString(),
                "label",
                backup.label().label(),
                "verdict",
                backup.isSound() ? "fine" : "damaged",
                "startLsn",
                backup.startLsn().toString(),
                "stopLsn",
                backup.stopLsn().toString(),
                "timeline",
                backup.timeline().value(),
                "systemIdentifier",
                Long.toUnsignedString(backup.systemIdentifier()),
                "bytes",
                backup.bytes(),
                "seconds",
                backup.took().toNanos() / 1e9,
                "damage",
                backup.damage(),
                "warnings",
                backup.warnings());
    }

    static String step(int number, Explanation step) {
        return JsonLine.of(
                "step", "number", number, "step", step.step(), "commands", step.commands(), "why", step.why());
    }
}
