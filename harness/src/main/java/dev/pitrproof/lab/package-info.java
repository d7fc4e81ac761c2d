/** Guided lessons: a situation, a prediction, the real drill, and what it showed. */
@NullMarked
package dev.pitrproof.lab;

import org.jspecify.annotations.NullMarked;
