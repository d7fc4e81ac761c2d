/** All the reports at once. */
@NullMarked
package dev.pitrproof.reports;

import org.jspecify.annotations.NullMarked;
