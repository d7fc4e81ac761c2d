package dev.pitrproof.allure;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Postgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code environment.properties}: what the drills ran with, never where. In ASCII, without the date Java would write. */
final class Environment {

    private Environment() {}

    static String properties(List<EvidenceOnDisk> drills) {
        List<String> lines = new ArrayList<>();
        add(
                lines,
                drills,
                "pitrproof",
                evidence -> evidence.tool().version() + " " + evidence.tool().commit());
        add(lines, drills, "PostgreSQL", evidence -> of(evidence, Postgres::version));
        add(lines, drills, "sandbox", evidence -> of(evidence, Postgres::sandbox));
        add(lines, drills, "image", evidence -> of(evidence, Postgres::image));
        add(lines, drills, "startedBy", Evidence::startedBy);
        return String.join("", lines);
    }

    private static @Nullable String of(Evidence evidence, Function<Postgres, @Nullable String> value) {
        return evidence.postgres() == null ? null : value.apply(evidence.postgres());
    }

    private static void add(
            List<String> lines, List<EvidenceOnDisk> drills, String key, Function<Evidence, @Nullable String> value) {
        Set<String> values = new TreeSet<>();
        for (EvidenceOnDisk drill : drills) {
            String one = value.apply(drill.evidence());
            if (one != null && !one.isBlank()) {
                values.add(one.strip());
            }
        }
        if (!values.isEmpty()) {
            lines.add(key + "=" + escaped(String.join(", ", values)) + "\n");
        }
    }

    private static String escaped(String value) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char character = value.charAt(i);
            if (character == '\\') {
                line.append("\\\\");
            } else if (character < ' ' || character > '~') {
                line.append(String.format(Locale.ROOT, "\\u%04X", (int) character));
            } else {
                line.append(character);
            }
        }
        return line.toString();
    }
}
