/** Base backups: taking them, what they consist of on disk, and whether they are what the server sent. */
@NullMarked
package dev.pitrproof.backup;

import org.jspecify.annotations.NullMarked;
