/** Compressed files as archives and backups keep them: gzip, zstd and LZ4, read and written from their beginning to their end. */
@NullMarked
package dev.pitrproof.compression;

import org.jspecify.annotations.NullMarked;
