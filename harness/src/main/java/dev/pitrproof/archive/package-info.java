/** WAL archives, and the two scripts through which PostgreSQL writes to one and reads from it. */
@NullMarked
package dev.pitrproof.archive;

import org.jspecify.annotations.NullMarked;
