/** Scenarios as JUnit tests: a test engine for the JUnit Platform that plays them. */
@NullMarked
package dev.pitrproof.junit;

import org.jspecify.annotations.NullMarked;
