/**
 * What a drill found, as records, and the JSON file they are kept in.
 *
 * <p>Schema version 1. Components are added, never renamed: the names of components are the names in the file. Every
 * report is a view of this; nothing here knows PostgreSQL, a container or a scenario file.
 *
 * <p>Positions in the write-ahead log are texts as {@code pg_lsn} writes them ({@code 0/16B3748}), transaction ids are
 * the full 64 bits (epoch in the upper half), instants are kept to the microsecond, durations are in seconds.
 */
@NullMarked
package dev.pitrproof.evidence;

import org.jspecify.annotations.NullMarked;
