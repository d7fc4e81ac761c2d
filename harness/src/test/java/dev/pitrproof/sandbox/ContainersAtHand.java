package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;

/** The engine and the image that tests of containers use. */
public final class ContainersAtHand {

    private ContainersAtHand() {}

    /** Skips the test where there is nothing to run it with; in continuous integration that is a failure. */
    static void require() throws SandboxException {
        try {
            major();
        } catch (SandboxException e) {
            throw skippedOrFailed(e);
        }
    }

    private static SandboxException skippedOrFailed(SandboxException e) {
        if (!Boolean.parseBoolean(System.getenv("CI"))) {
            Assumptions.abort(e.getMessage() + "; HINT: " + e.hint());
        }
        return e;
    }

    /** The newest major of which there is an image. */
    static int major() throws SandboxException {
        ContainerEngine engine = ContainerEngine.find();
        List<Integer> there = engine.majorsAtHand(List.of(17, 18, 16, 15));
        if (there.isEmpty()) {
            // says which image is missing
            engine.image(15, null);
        }
        return there.get(0);
    }

    /** The majors from this one on of which there are images; without any as {@link #require}. */
    public static List<Integer> majorsFrom(int oldest) throws SandboxException {
        try {
            ContainerEngine engine = ContainerEngine.find();
            List<Integer> there = engine.majorsAtHand(
                    IntStream.rangeClosed(oldest, 18).boxed().toList());
            if (there.isEmpty()) {
                engine.image(oldest, null);
            }
            return there;
        } catch (SandboxException e) {
            throw skippedOrFailed(e);
        }
    }

    /** The containers of a run, in whatever state. */
    static List<String> of(Path runDirectory) throws IOException {
        return listed("/containers/json?all=1&filters=", runDirectory, "\"Id\":\"([0-9a-f]+)\"");
    }

    /** The volumes of a run. */
    static List<String> volumesOf(Path runDirectory) throws IOException {
        return listed("/volumes?filters=", runDirectory, "\"Name\":\"([^\"]+)\"");
    }

    private static List<String> listed(String resource, Path runDirectory, String pattern) throws IOException {
        String filters = "{\"label\":[\"" + ContainerClient.RUN + "=" + runDirectory.getFileName() + "\"]}";
        return Pattern.compile(pattern)
                .matcher(asked(resource + URLEncoder.encode(filters, StandardCharsets.UTF_8)))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** Everything the engine knows of a container, in JSON. */
    static String inspected(String container) throws IOException {
        return asked("/containers/" + container + "/json");
    }

    private static String asked(String resource) throws IOException {
        EngineAddress.Answer answer = ContainerEngine.find().address().get(resource, Duration.ofSeconds(30));
        assertThat(answer.status()).isEqualTo(200);
        return answer.body();
    }
}
