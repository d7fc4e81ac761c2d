package dev.pitrproof.sandbox;

import org.junit.jupiter.api.BeforeAll;

/** The container sandbox: what it promises besides the contract. */
final class ContainerSandboxTest extends SandboxContract {

    @BeforeAll
    static void anEngineWithAnImage() throws SandboxException {
        ContainersAtHand.require();
    }

    @Override
    Sandbox open() throws SandboxException {
        return ContainerSandbox.open(ContainersAtHand.major(), ContainerOptions.of(null));
    }
}
