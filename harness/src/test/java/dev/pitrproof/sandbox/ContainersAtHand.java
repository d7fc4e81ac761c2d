package dev.pitrproof.sandbox;

import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The engine and the image that tests of containers use. */
final class ContainersAtHand {

    private ContainersAtHand() {}

    /** Skips the test where there is nothing to run it with; in continuous integration that is a failure. */
    static void require() throws SandboxException {
        try {
            major();
        } catch (SandboxException e) {
            if (Boolean.parseBoolean(System.getenv("CI"))) {
                throw e;
            }
            Assumptions.abort(e.getMessage() + "; HINT: " + e.hint());
        }
    }

    /** The newest major of which there is an image. */
    static int major() throws SandboxException {
        ContainerEngine engine = ContainerEngine.find();
        for (int major : List.of(17, 18, 16)) {
            try {
                engine.image(major, null);
                return major;
            } catch (SandboxException e) {
                // the next one may be there
            }
        }
        engine.image(15, null);
        return 15;
    }
}
