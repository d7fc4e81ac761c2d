@NullMarked
package dev.pitrproof.reports;

import org.jspecify.annotations.NullMarked;
