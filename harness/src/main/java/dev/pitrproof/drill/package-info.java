/** A drill from its first statement to its evidence: the source, the story, the restores, the verdicts. */
@NullMarked
package dev.pitrproof.drill;

import org.jspecify.annotations.NullMarked;
