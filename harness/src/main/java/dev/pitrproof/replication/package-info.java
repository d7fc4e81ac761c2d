/**
 * The replication protocol: commands of a walsender, the base backup stream, WAL streaming, slots.
 *
 * <p>pgjdbc opens and authenticates every connection. Once it is idle, the messages of the replication commands, which
 * it has no API for, are read and written on the same socket here.
 */
@NullMarked
package dev.pitrproof.replication;

import org.jspecify.annotations.NullMarked;
