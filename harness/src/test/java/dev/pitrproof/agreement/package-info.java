/** Whether the oracle and PostgreSQL stop at the same record: many targets, each tried on a server. */
@NullMarked
package dev.pitrproof.agreement;

import org.jspecify.annotations.NullMarked;
