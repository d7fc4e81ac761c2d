package dev.pitrproof.cli;

import dev.pitrproof.drill.DrillListener;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.sandbox.BinariesProgress;
import java.nio.file.Path;
import java.util.List;

/** Shows a run to whoever started it. */
interface DrillPrinter extends DrillListener, BinariesProgress {

    /** All drills have ended and the reports are written. */
    void finished(List<Evidence> drills, Path report);
}
