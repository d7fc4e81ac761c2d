/** The command line: thin commands, their printers, and the one place that decides exit codes. */
@NullMarked
package dev.pitrproof.cli;

import org.jspecify.annotations.NullMarked;
