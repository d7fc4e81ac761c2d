/** What any sandbox must do, and what the process sandbox does besides. */
@NullMarked
package dev.pitrproof.sandbox;

import org.jspecify.annotations.NullMarked;
