/** Scenarios as JUnit tests, by a test engine that plays them; and tests in Java, with an extension and assertions. */
@NullMarked
package dev.pitrproof.junit;

import org.jspecify.annotations.NullMarked;
