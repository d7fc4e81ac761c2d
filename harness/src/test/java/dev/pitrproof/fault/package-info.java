@NullMarked
package dev.pitrproof.fault;

import org.jspecify.annotations.NullMarked;
