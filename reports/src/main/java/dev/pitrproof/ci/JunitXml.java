package dev.pitrproof.ci;

import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Writes {@code junit/TEST-<scenario>.xml} into the output directory: a test suite for each scenario, a test case for
 * each drill, in the shape that Surefire writes and Jenkins reads.
 *
 * <p>A drill that did not end as expected is a failure, or an error when it could not be checked. None is ever skipped:
 * what was not checked must not look harmless.
 */
public final class JunitXml {

    /** The directory below the output directory. */
    public static final String DIRECTORY = "junit";

    /** By this line a file of ours is known among those of other tests. */
    static final String MARK = "<!-- written by pitrproof -->";

    private static final Pattern FIT_FOR_A_FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private JunitXml() {}

    /** Writes the files, those of an earlier run having been removed; no two drills may share a name. */
    public static void write(Path outputDirectory, List<EvidenceOnDisk> drills) throws IOException {
        Path directory = Files.createDirectories(outputDirectory.resolve(DIRECTORY));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "TEST-*.xml")) {
            for (Path file : files) {
                if (isOurs(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
        Map<String, List<EvidenceOnDisk>> scenarios = new LinkedHashMap<>();
        for (EvidenceOnDisk drill : drills) {
            scenarios
                    .computeIfAbsent(drill.evidence().scenario(), scenario -> new ArrayList<>())
                    .add(drill);
        }
        for (Map.Entry<String, List<EvidenceOnDisk>> scenario : scenarios.entrySet()) {
            WholeFile.write(
                    directory.resolve("TEST-" + fileName(scenario.getKey()) + ".xml"),
                    TestSuite.xml(scenario.getKey(), scenario.getValue()));
        }
    }

    private static boolean isOurs(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(200), StandardCharsets.UTF_8).contains(MARK);
        }
    }

    /** The scenario's name; one that is not fit for a file gets another, always the same. */
    private static String fileName(String scenario) {
        if (FIT_FOR_A_FILE.matcher(scenario).matches()) {
            return scenario;
        }
        String fit = scenario.replaceAll("[^A-Za-z0-9._-]+", "_");
        String digest = UUID.nameUUIDFromBytes(scenario.getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, 8);
        return fit.substring(0, Math.min(40, fit.length())).toLowerCase(Locale.ROOT) + "-" + digest;
    }
}
