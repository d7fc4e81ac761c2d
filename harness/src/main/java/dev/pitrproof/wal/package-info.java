/**
 * PostgreSQL's write-ahead log: positions, segment names, pages and records.
 *
 * <p>Pure: bytes in, records out. Nothing here opens a file or a connection.
 */
@NullMarked
package dev.pitrproof.wal;

import org.jspecify.annotations.NullMarked;
