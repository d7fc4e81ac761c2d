/** Chains of incremental backups made by real servers, whole and broken. */
@NullMarked
package dev.pitrproof.backup.chain;

import org.jspecify.annotations.NullMarked;
