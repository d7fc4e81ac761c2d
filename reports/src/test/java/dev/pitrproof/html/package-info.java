@NullMarked
package dev.pitrproof.html;

import org.jspecify.annotations.NullMarked;
