package dev.pitrproof.html;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.WholeFile;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes {@code index.html} and {@code style.css} into the output directory, and {@code story.svg} beside the evidence
 * of each drill that lies below it.
 *
 * <p>The page needs no script, no network and no server. Everything in it is escaped.
 */
public final class IndexPage {

    private static final String TEMPLATES = "dev.pitrproof.html.templates";

    private IndexPage() {}

    /** Writes the page for the drills, in their order; of the same scenario together. */
    public static void write(Path outputDirectory, List<EvidenceOnDisk> drills) throws IOException {
        Files.createDirectories(outputDirectory);
        String pictureStyle = resource("story.css");
        WholeFile.write(outputDirectory.resolve("style.css"), resource("style.css") + pictureStyle);
        WholeFile.write(
                outputDirectory.resolve("index.html"),
                render(engine(), "index.jte", Map.of("page", PageView.of(drills))));
        for (EvidenceOnDisk drill : drills) {
            Path directory =
                    outputDirectory.resolve(drill.directory()).toAbsolutePath().normalize();
            // evidence of another run is somebody else's directory
            if (directory.startsWith(outputDirectory.toAbsolutePath().normalize())) {
                Files.createDirectories(directory);
                Optional<String> picture = picture(drill.evidence());
                if (picture.isPresent()) {
                    WholeFile.write(directory.resolve("story.svg"), picture.get());
                }
            }
        }
    }

    /** The picture of a drill's story as an SVG that stands alone; empty when the evidence holds no story. */
    public static Optional<String> picture(Evidence evidence) {
        StoryPicture picture = StoryPicture.wide(evidence, "story");
        return picture.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        render(engine(), "story.jte", Map.of("picture", picture, "style", resource("story.css"))));
    }

    private static TemplateEngine engine() {
        TemplateEngine engine =
                TemplateEngine.createPrecompiled(null, ContentType.Html, IndexPage.class.getClassLoader(), TEMPLATES);
        engine.setTrimControlStructures(true);
        return engine;
    }

    private static String render(TemplateEngine engine, String template, Map<String, ? extends Object> parameters) {
        StringOutput output = new StringOutput();
        engine.render(template, Map.copyOf(parameters), output);
        return output.toString();
    }

    private static String resource(String name) {
        try (InputStream in = IndexPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
