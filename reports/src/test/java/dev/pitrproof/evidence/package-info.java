@NullMarked
package dev.pitrproof.evidence;

import org.jspecify.annotations.NullMarked;
