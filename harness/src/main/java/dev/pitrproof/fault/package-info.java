/** Sabotage: what goes wrong with an archive behind PostgreSQL's back. Accidents in SQL are steps of the story. */
@NullMarked
package dev.pitrproof.fault;

import org.jspecify.annotations.NullMarked;
