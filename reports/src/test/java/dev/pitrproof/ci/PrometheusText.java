package dev.pitrproof.ci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A strict reader of Prometheus' text format: what it takes, the collector takes. */
final class PrometheusText {

    /** A number with its labels. */
    record Sample(String name, Map<String, String> labels, String value) {}

    private static final Pattern HELP = Pattern.compile("# HELP ([a-z_]+) [^\\\\]+");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z_]+) gauge");
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)\\{(.*)} (-?[0-9]+(\\.[0-9]+)?)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

    private PrometheusText() {}

    static List<Sample> parse(String text) {
        assertThat(text).endsWith("\n");
        List<Sample> samples = new ArrayList<>();
        Set<String> families = new HashSet<>();
        Set<String> series = new HashSet<>();
        String family = "";
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length - 1; i++) {
            Matcher help = HELP.matcher(lines[i]);
            Matcher sample = SAMPLE.matcher(lines[i]);
            if (help.matches()) {
                family = help.group(1);
                assertThat(families.add(family)).as("one family " + family).isTrue();
                Matcher type = TYPE.matcher(lines[++i]);
                assertThat(type.matches()).as(lines[i]).isTrue();
                assertThat(type.group(1)).isEqualTo(family);
            } else {
                assertThat(sample.matches()).as(lines[i]).isTrue();
                assertThat(sample.group(1))
                        .as("samples stand with their family")
                        .isEqualTo(family);
                Map<String, String> labels = labels(sample.group(2));
                assertThat(series.add(family + labels))
                        .as("one series " + lines[i])
                        .isTrue();
                samples.add(new Sample(family, labels, sample.group(3)));
            }
        }
        return samples;
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new LinkedHashMap<>();
        Matcher label = LABEL.matcher(text);
        int end = 0;
        while (label.find() && label.start() == end) {
            String value = label.group(2).replaceAll("\\\\n", "\n").replaceAll("\\\\([\\\\\"])", "$1");
            assertThat(labels.put(label.group(1), value)).isNull();
            end = label.end();
        }
        assertThat(end).as(text).isEqualTo(text.length());
        return labels;
    }
}
