package dev.pitrproof.junit.sample;

import dev.pitrproof.junit.Scenarios;

/** Names nothing that is there. */
@Scenarios("no/such/directory")
public class NowhereScenarios {}
