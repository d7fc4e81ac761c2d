/**
 * What every report says, in the same words: sentences, numbers and times made from the evidence alone. All of it is
 * plain text in which anything may stand; each report escapes it as its format needs.
 */
@NullMarked
package dev.pitrproof.prose;

import org.jspecify.annotations.NullMarked;
