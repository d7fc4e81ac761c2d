package dev.pitrproof.cli;

import dev.pitrproof.scenario.Scenario;

/**
 * A scenario that is to be played on one version of PostgreSQL.
 *
 * @param major that version
 */
record PlannedStory(Scenario scenario, int major) {

    /** {@code dropped-table-pg18}: what the names of its drills begin with. */
    String id() {
        return scenario.name() + "-pg" + major;
    }
}
