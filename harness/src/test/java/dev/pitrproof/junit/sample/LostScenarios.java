package dev.pitrproof.junit.sample;

import dev.pitrproof.junit.Scenarios;

/** Names one scenario that is there and a directory that is not. */
@Scenarios({"../scenarios/dropped-table.yaml", "no/such/directory"})
public class LostScenarios {}
