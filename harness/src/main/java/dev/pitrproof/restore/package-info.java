/**
 * From a base backup and an archive to a restored cluster: whether the target is reachable, with which settings, and
 * the restore itself, with the witnesses that are taken from it.
 */
@NullMarked
package dev.pitrproof.restore;

import org.jspecify.annotations.NullMarked;
