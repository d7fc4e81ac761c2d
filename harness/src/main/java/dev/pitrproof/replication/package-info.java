/** PostgreSQL's replication protocol, and how a server is reached. */
@NullMarked
package dev.pitrproof.replication;

import org.jspecify.annotations.NullMarked;
