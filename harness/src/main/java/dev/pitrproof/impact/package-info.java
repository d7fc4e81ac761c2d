/** What a base backup does to its source, measured while it is taken. */
@NullMarked
package dev.pitrproof.impact;

import org.jspecify.annotations.NullMarked;
