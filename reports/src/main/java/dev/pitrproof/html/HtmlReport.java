package dev.pitrproof.html;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code index.html} and {@code style.css} into the output directory, and into {@code drills/} a page for each drill
 * with the pictures of its story.
 *
 * <p>The pages need no script, no network and no server; their style and pictures are files of their own, so that they show
 * under a content security policy that allows nothing else. Everything in them is escaped.
 */
public final class HtmlReport {

    private static final String TEMPLATES = "dev.pitrproof.html.templates";

    private HtmlReport() {}

    /**
     * Writes the pages for the drills, in their order; of the same scenario together.
     *
     * @param drills no two of the same name
     */
    public static void write(Path outputDirectory, List<EvidenceOnDisk> drills) throws IOException {
        Path pages = Files.createDirectories(outputDirectory.resolve(PageName.DIRECTORY));
        TemplateEngine engine = engine();
        WholeFile.write(outputDirectory.resolve("style.css"), resource("style.css"));
        for (EvidenceOnDisk drill : drills) {
            Path evidence = outputDirectory.resolve(drill.directory()).resolve(EvidenceFile.NAME);
            DrillView view = DrillView.of(drill, drills, sha256(evidence));
            PageName page = view.page();
            if (view.wide() != null && view.narrow() != null) {
                WholeFile.write(pages.resolve(page.wide()), picture(engine, view.wide()));
                WholeFile.write(pages.resolve(page.narrow()), picture(engine, view.narrow()));
            }
            WholeFile.write(pages.resolve(page.html()), render(engine, "drill.jte", Map.of("drill", view)));
        }
        // last, so that it leads to no page that is not there yet
        WholeFile.write(
                outputDirectory.resolve("index.html"),
                render(engine, "index.jte", Map.of("page", IndexView.of(drills))));
    }

    /** Null when there is no such file. */
    private static @Nullable String sha256(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The picture of a drill's story as an SVG that stands alone; empty when the evidence holds no story. */
    public static Optional<String> picture(Evidence evidence) {
        StoryPicture picture = StoryPicture.wide(evidence);
        return picture.isEmpty() ? Optional.empty() : Optional.of(picture(engine(), picture));
    }

    private static String picture(TemplateEngine engine, StoryPicture picture) {
        return render(engine, "story.jte", Map.of("picture", picture));
    }

    private static TemplateEngine engine() {
        TemplateEngine engine =
                TemplateEngine.createPrecompiled(null, ContentType.Html, HtmlReport.class.getClassLoader(), TEMPLATES);
        engine.setTrimControlStructures(true);
        return engine;
    }

    private static String render(TemplateEngine engine, String template, Map<String, ? extends Object> parameters) {
        StringOutput output = new StringOutput();
        engine.render(template, Map.copyOf(parameters), output);
        return allowed(output.toString());
    }

    /** What is no character in HTML or XML, however written, is shown as one that could not be: U+FFFD. */
    private static String allowed(String text) {
        StringBuilder allowed = new StringBuilder(text.length());
        text.codePoints().map(point -> isAllowed(point) ? point : 0xFFFD).forEach(allowed::appendCodePoint);
        return allowed.toString();
    }

    private static boolean isAllowed(int point) {
        if (Character.isISOControl(point)) {
            return point == '\n' || point == '\t' || point == '\r';
        }
        boolean isSurrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        boolean isNoncharacter = (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
        return !isSurrogate && !isNoncharacter;
    }

    private static String resource(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
