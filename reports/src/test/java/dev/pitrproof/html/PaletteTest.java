package dev.pitrproof.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contrast as WCAG 2.2 computes it: 4.5 for text (criterion 1.4.3), 3 for what else has to be seen (1.4.11). */
class PaletteTest {

    private static final double TEXT = 4.5;
    private static final double SHAPE = 3;
    private static final Pattern COLOUR = Pattern.compile("--([a-z]+): (#[0-9a-f]{6});");

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void textOfThePagesIsLegible(int scheme) throws IOException {
        Map<String, String> colours = pages().get(scheme);

        assertThat(colours).containsKeys("paper", "panel", "ink", "muted", "proven", "refuted", "unproven", "target");
        for (String ground : List.of("paper", "panel")) {
            for (String text : List.of("ink", "muted", "proven", "refuted", "unproven", "target")) {
                assertThat(contrast(colour(colours, text), colour(colours, ground)))
                        .as("%s on %s", text, ground)
                        .isGreaterThanOrEqualTo(TEXT);
            }
        }
    }

    @Test
    void textOfThePicturesIsLegible() {
        for (Ink ground : List.of(Ink.PAPER, Ink.PANEL, Ink.BACK_TINT, Ink.HARM_TINT)) {
            for (Ink text : List.of(Ink.INK, Ink.MUTED, Ink.BACK, Ink.HARM, Ink.TARGET)) {
                assertThat(contrast(text.light(), ground.light()))
                        .as("%s on %s", text, ground)
                        .isGreaterThanOrEqualTo(TEXT);
                assertThat(contrast(text.dark(), ground.dark()))
                        .as("%s on %s, dark", text, ground)
                        .isGreaterThanOrEqualTo(TEXT);
            }
        }
        assertThat(contrast(Ink.GONE.light(), Ink.PAPER.light())).isGreaterThanOrEqualTo(SHAPE);
        assertThat(contrast(Ink.GONE.dark(), Ink.PANEL.dark())).isGreaterThanOrEqualTo(SHAPE);
    }

    /** A dark colour is found by the light one that it takes the place of. */
    @Test
    void noTwoInksAreTheSame() {
        assertThat(Ink.values()).extracting(Ink::light).doesNotHaveDuplicates();
        assertThat(Stream.of(Ink.values()).map(Ink::dark)).hasSize(Ink.values().length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void picturesAreDrawnOnThePaperOfThePage(int scheme) throws IOException {
        Map<String, String> colours = pages().get(scheme);

        assertThat(scheme == 0 ? Ink.PAPER.light() : Ink.PAPER.dark()).isEqualTo(colours.get("paper"));
        assertThat(scheme == 0 ? Ink.INK.light() : Ink.INK.dark()).isEqualTo(colours.get("ink"));
    }

    @Test
    void contrastIsComputedAsTheStandardSays() {
        assertThat(contrast("#000000", "#ffffff")).isEqualTo(21);
        assertThat(contrast("#777777", "#ffffff")).isBetween(4.47, 4.49);
    }

    /** The colours of the light and of the dark page. */
    private static List<Map<String, String>> pages() throws IOException {
        try (InputStream in = Objects.requireNonNull(HtmlReport.class.getResourceAsStream("style.css"))) {
            String[] roots = new String(in.readAllBytes(), StandardCharsets.UTF_8).split(":root \\{");
            assertThat(roots).hasSize(3);
            return Arrays.stream(roots).skip(1).map(PaletteTest::colours).toList();
        }
    }

    private static Map<String, String> colours(String css) {
        Map<String, String> colours = new HashMap<>();
        COLOUR.matcher(css.substring(0, css.indexOf('}')))
                .results()
                .forEach(match -> colours.put(match.group(1), match.group(2)));
        return colours;
    }

    private static String colour(Map<String, String> colours, String name) {
        return Objects.requireNonNull(colours.get(name), name);
    }

    private static double contrast(String one, String other) {
        double first = luminance(one);
        double second = luminance(other);
        return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
    }

    private static double luminance(String colour) {
        int rgb = Integer.parseInt(colour.substring(1), 16);
        return 0.2126 * linear(rgb >> 16) + 0.7152 * linear((rgb >> 8) & 0xFF) + 0.0722 * linear(rgb & 0xFF);
    }

    private static double linear(int channel) {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }
}
