/**
 * The pages people read: {@code index.html}, {@code style.css}, and in {@code drills/} a page for each drill with the
 * pictures of its story, from the evidence alone.
 *
 * <p>Positions and sizes are computed here and only printed by the templates in {@code src/main/jte}, which escape
 * whatever they print. Lengths are in units of the picture, which are CSS pixels at its natural width.
 */
@NullMarked
package dev.pitrproof.html;

import org.jspecify.annotations.NullMarked;
