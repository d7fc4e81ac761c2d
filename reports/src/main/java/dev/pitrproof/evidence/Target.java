package dev.pitrproof.evidence;

import org.jspecify.annotations.Nullable;

/**
 * What the restore was asked to go to.
 *
 * @param kind {@code time}, {@code xid}, {@code lsn}, {@code name}, {@code immediate} or {@code latest}; of a logical
 *     backup {@code snapshot}
 * @param value the target's value as PostgreSQL was given it; a time is in ISO-8601 with its zone; empty for
 *     {@code immediate} and {@code latest}
 * @param inclusive whether the record at the target is applied
 * @param timeline the timeline recovery ends on
 * @param storyTime where on the story clock the target lies, {@code 13:59}; null when it does not lie there
 */
public record Target(
        String kind,
        String value,
        boolean inclusive,
        int timeline,
        @Nullable String storyTime) {
    public Target {
        Components.present(kind, "target.kind");
        Components.present(value, "target.value");
    }
}
