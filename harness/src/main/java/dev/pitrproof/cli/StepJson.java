package dev.pitrproof.cli;

import dev.pitrproof.drill.Explanation;

/** A step that is explained, as a line of JSON. */
final class StepJson {

    private StepJson() {}

    static String of(int number, Explanation step) {
        return JsonLine.of(
                "step", "number", number, "step", step.step(), "commands", step.commands(), "why", step.why());
    }
}
