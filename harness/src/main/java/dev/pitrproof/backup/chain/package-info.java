/** Incremental backups: which belong together, and the full backup that they amount to. */
@NullMarked
package dev.pitrproof.backup.chain;

import org.jspecify.annotations.NullMarked;
