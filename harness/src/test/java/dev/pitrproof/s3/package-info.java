@NullMarked
package dev.pitrproof.s3;

import org.jspecify.annotations.NullMarked;
