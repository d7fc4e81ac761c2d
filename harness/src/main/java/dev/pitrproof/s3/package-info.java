/** WAL archives in buckets of Amazon S3, or of whatever speaks its language. */
@NullMarked
package dev.pitrproof.s3;

import org.jspecify.annotations.NullMarked;
