package dev.pitrproof.junit.sample;

import dev.pitrproof.junit.Scenarios;

/** The scenarios of whatever directory the tests run in. */
@Scenarios("scenarios")
public class LocalScenarios {}
