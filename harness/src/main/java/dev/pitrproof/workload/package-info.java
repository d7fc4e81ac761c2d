/** Work that a drill does on its source: deterministic commits, each with its xid, LSN bounds and what the client was told. */
@NullMarked
package dev.pitrproof.workload;

import org.jspecify.annotations.NullMarked;
