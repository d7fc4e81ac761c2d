/** The moment of damage: which transaction did it, and how to restore to just before it. */
@NullMarked
package dev.pitrproof.find;

import org.jspecify.annotations.NullMarked;
