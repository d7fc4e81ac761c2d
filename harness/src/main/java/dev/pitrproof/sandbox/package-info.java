/** Disposable clusters: where their PostgreSQL comes from, how they run, and how nothing of them stays. */
@NullMarked
package dev.pitrproof.sandbox;

import org.jspecify.annotations.NullMarked;
