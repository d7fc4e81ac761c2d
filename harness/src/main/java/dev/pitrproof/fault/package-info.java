/**
 * What goes wrong behind PostgreSQL's back: with an archive, a backup, a tablespace's disk or a restore. Accidents in SQL are
 * steps of the story.
 */
@NullMarked
package dev.pitrproof.fault;

import org.jspecify.annotations.NullMarked;
