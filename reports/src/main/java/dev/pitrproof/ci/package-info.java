/**
 * What build servers and monitoring read: JUnit XML, a job summary in Markdown, metrics for Prometheus. From the
 * evidence alone.
 */
@NullMarked
package dev.pitrproof.ci;

import org.jspecify.annotations.NullMarked;
