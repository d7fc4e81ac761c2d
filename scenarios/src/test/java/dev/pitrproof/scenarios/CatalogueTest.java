package dev.pitrproof.scenarios;

import dev.pitrproof.junit.Scenarios;

/** Every scenario of this directory; {@code -Dpitrproof.postgres=14,18} says on which versions. */
@Scenarios(".")
class CatalogueTest {}
