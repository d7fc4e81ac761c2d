package dev.pitrproof.scenarios;

import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;

/** The same with containers, none of which may stay. */
class ContainerInterruptionTest extends InterruptionTest {

    @BeforeAll
    static void anEngineWithAnImage() throws SandboxException {
        Containers.require();
    }

    @Override
    String sandbox() {
        return "container";
    }

    @Override
    int major() throws SandboxException {
        return Containers.major();
    }

    @Override
    List<String> containers() throws IOException, InterruptedException {
        return Containers.of(program.temporary());
    }
}
