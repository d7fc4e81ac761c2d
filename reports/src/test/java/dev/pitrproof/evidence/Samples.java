package dev.pitrproof.evidence;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** The evidences kept as test resources. */
public final class Samples {

    private Samples() {}

    public static Evidence read(String name) throws IOException {
        return EvidenceFile.read(file(name));
    }

    static Path file(String name) {
        URL resource = Objects.requireNonNull(Samples.class.getResource(name + ".json"), name);
        try {
            return Path.of(resource.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
