/** What a backup does to its source, seen on servers that write, archive and replicate, or fail to. */
@NullMarked
package dev.pitrproof.impact;

import org.jspecify.annotations.NullMarked;
