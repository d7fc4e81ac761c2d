@NullMarked
package dev.pitrproof.ci;

import org.jspecify.annotations.NullMarked;
