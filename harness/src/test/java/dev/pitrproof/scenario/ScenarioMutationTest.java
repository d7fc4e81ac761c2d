package dev.pitrproof.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file's bytes are, they are a scenario or they are answered as a mistake: never with another exception. */
class ScenarioMutationTest {

    private static final int MUTATIONS = 300;
    private static final byte[] SIGNIFICANT =
            "\t\n\r :-{}[],\"'|>&*!%@#?$0\u0000\u0007\u0085\uFEFF~".getBytes(StandardCharsets.UTF_8);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noBytesMakeTheReaderStumble(long seed) throws IOException {
        Random random = new Random(seed);
        byte[] original = Files.readAllBytes(Shipped.DIRECTORY.resolve("dropped-table.yaml"));
        Path file = directory.resolve("mutated.yaml");
        int refused = 0;
        for (int mutation = 0; mutation < MUTATIONS; mutation++) {
            byte[] bytes = mutated(original, random);
            Files.write(file, bytes);
            try {
                ScenarioReader.read(file);
            } catch (InvalidScenario expected) {
                assertThat(expected.problems()).isNotEmpty();
                refused++;
            } catch (RuntimeException | StackOverflowError stumbled) {
                fail("stumbled over\n" + new String(bytes, StandardCharsets.UTF_8), stumbled);
            }
        }
        assertThat(refused).isBetween(MUTATIONS / 10, MUTATIONS);
    }

    private static byte[] mutated(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = SIGNIFICANT[random.nextInt(SIGNIFICANT.length)];
                case 2 -> bytes = without(bytes, at, Math.min(bytes.length - 1, at + 1 + random.nextInt(8)));
                case 3 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                default -> {
                    int from = random.nextInt(bytes.length);
                    int length = Math.min(bytes.length - Math.max(at, from), random.nextInt(80));
                    System.arraycopy(original, from, bytes, at, Math.max(0, Math.min(length, original.length - from)));
                }
            }
        }
        return bytes;
    }

    private static byte[] without(byte[] bytes, int from, int to) {
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - Math.max(0, to - from));
        System.arraycopy(bytes, Math.max(from, to), shorter, from, bytes.length - Math.max(from, to));
        return shorter;
    }
}
