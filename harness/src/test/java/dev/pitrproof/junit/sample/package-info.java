/** Marker classes for the tests of the engine. */
@NullMarked
package dev.pitrproof.junit.sample;

import org.jspecify.annotations.NullMarked;
