package dev.pitrproof.junit.sample;

import dev.pitrproof.junit.Scenarios;

/** The scenarios that pitrproof ships, seen from the module beside them. */
@Scenarios("../scenarios")
public class CatalogueScenarios {}
