/** The command line: picocli commands, thin, that parse arguments, call the packages below and print what they return. */
@NullMarked
package dev.pitrproof.cli;

import org.jspecify.annotations.NullMarked;
