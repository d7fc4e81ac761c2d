@NullMarked
package dev.pitrproof.prose;

import org.jspecify.annotations.NullMarked;
