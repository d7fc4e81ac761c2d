/** Runs what is shipped: every scenario through the drill, and the jar as a process. */
@NullMarked
package dev.pitrproof.scenarios;

import org.jspecify.annotations.NullMarked;
