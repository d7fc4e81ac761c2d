package dev.pitrproof.replication;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A tablespace of a base backup; the main data directory is one of them.
 *
 * @param oid the tablespace's OID in decimal, null for the main data directory
 * @param location where it lies on the server, null for the main data directory; relative if it lies in there
 * @param kilobytes the server's estimate of its size, if it was asked
 */
public record Tablespace(@Nullable String oid, @Nullable String location, OptionalLong kilobytes) {

    public boolean isMain() {
        return oid == null;
    }
}
