package dev.pitrproof.html;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
        TemplateEngine engine =
                TemplateEngine.createPrecompiled(null, ContentType.Html, IndexPage.class.getClassLoader(), TEMPLATES);
        engine.setTrimControlStructures(true);
        Files.createDirectories(outputDirectory);
        String pictureStyle = resource("story.css");
        Files.writeString(outputDirectory.resolve("style.css"), resource("style.css") + pictureStyle);
        Files.writeString(
                outputDirectory.resolve("index.html"),
                render(engine, "index.jte", Map.of("page", PageView.of(drills))));
        for (EvidenceOnDisk drill : drills) {
            Path directory =
                    outputDirectory.resolve(drill.directory()).toAbsolutePath().normalize();
            // evidence of another run is somebody else's directory
            if (directory.startsWith(outputDirectory.toAbsolutePath().normalize())) {
                Files.createDirectories(directory);
                writePicture(engine, directory.resolve("story.svg"), drill.evidence(), pictureStyle);
            }
        }
    }

    private static void writePicture(TemplateEngine engine, Path file, Evidence evidence, String style)
            throws IOException {
        StoryPicture picture = StoryPicture.wide(evidence, "story");
        if (!picture.isEmpty()) {
            Map<String, @Nullable Object> parameters = new HashMap<>();
            parameters.put("picture", picture);
            parameters.put("style", style);
            Files.writeString(file, render(engine, "story.jte", Collections.unmodifiableMap(parameters)));
        }
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
