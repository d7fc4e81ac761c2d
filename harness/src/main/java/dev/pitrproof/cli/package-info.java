/** The commands, thin: they read options, call the part that does the work, and print. */
@NullMarked
package dev.pitrproof.cli;

import org.jspecify.annotations.NullMarked;
