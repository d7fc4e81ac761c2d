/**
 * The scenario language: what a YAML file may say, the reader that checks it, and the story's clock.
 *
 * <p>Nothing here starts a server. A scenario that was read is known to be consistent in itself; whether it holds is for
 * a drill to show.
 */
@NullMarked
package dev.pitrproof.scenario;

import org.jspecify.annotations.NullMarked;
