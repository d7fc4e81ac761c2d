package dev.pitrproof.junit;

import dev.pitrproof.drill.RestoredCluster;

/** The way into assertions about restores: {@code import static} its {@code assertThat}. */
public final class RestoreAssertions {

    private RestoreAssertions() {}

    public static RestoredClusterAssert assertThat(RestoredCluster actual) {
        return new RestoredClusterAssert(actual);
    }
}
