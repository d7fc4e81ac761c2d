package dev.pitrproof.allure;

import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.WholeFile;
import io.qameta.allure.AllureResultsWriteException;
import io.qameta.allure.FileSystemResultsWriter;
import io.qameta.allure.model.TestResult;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes {@code allure-results} into the output directory: a result for each drill with its attachments,
 * {@code categories.json} and {@code environment.properties}.
 *
 * <p>Results and attachments are files named {@code pitrproof-…}. Those of an earlier run are removed first, and nothing
 * else, since other tests may keep their results in the same place.
 */
public final class AllureResults {

    /** The directory below the output directory. */
    public static final String DIRECTORY = "allure-results";

    static final String PREFIX = "pitrproof-";

    private AllureResults() {}

    /**
     * Writes the results; no two drills may share a name.
     *
     * @see EvidenceOnDisk#named(List)
     */
    public static void write(Path outputDirectory, List<EvidenceOnDisk> drills) throws IOException {
        Path directory = Files.createDirectories(outputDirectory.resolve(DIRECTORY));
        try (DirectoryStream<Path> old =
                Files.newDirectoryStream(directory, PREFIX + "*-{result.json,attachment,attachment.*}")) {
            for (Path file : old) {
                Files.deleteIfExists(file);
            }
        }
        FileSystemResultsWriter writer = new FileSystemResultsWriter(directory);
        try {
            for (EvidenceOnDisk drill : drills) {
                TestResult result = DrillResult.of(drill);
                for (AttachedFile file : AttachedFile.of(drill, outputDirectory)) {
                    result.getAttachments().add(file.in(result));
                    writer.write(file.source(result), file.open());
                }
                writer.write(result);
            }
        } catch (AllureResultsWriteException e) {
            throw new IOException("cannot write Allure's results: " + e.getMessage(), e);
        }
        WholeFile.write(directory.resolve("categories.json"), Categories.json(drills));
        WholeFile.write(directory.resolve("environment.properties"), Environment.properties(drills));
    }
}
