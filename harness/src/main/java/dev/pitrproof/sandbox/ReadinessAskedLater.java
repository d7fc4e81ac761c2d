package dev.pitrproof.sandbox;

import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;

/** Starting does not wait for a server that is ready: {@link Cluster#awaitReady} does, and notices one that died. */
final class ReadinessAskedLater extends AbstractWaitStrategy {

    @Override
    protected void waitUntilReady() {
        // at once
    }
}
