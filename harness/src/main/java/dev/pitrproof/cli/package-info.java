/** The commands, thin: options in, exit code out. */
@NullMarked
package dev.pitrproof.cli;

import org.jspecify.annotations.NullMarked;
