@NullMarked
package dev.pitrproof.junit;

import org.jspecify.annotations.NullMarked;
