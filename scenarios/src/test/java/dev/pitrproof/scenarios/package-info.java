/** The tests that run all scenarios of this directory, and examples of tests in Java. */
@NullMarked
package dev.pitrproof.scenarios;

import org.jspecify.annotations.NullMarked;
