package dev.pitrproof.ci;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;

/** Prometheus' text exposition format, version 0.0.4: families of gauges with their help, type and samples. */
final class MetricsText {

    private final StringBuilder out = new StringBuilder();

    /** Labels in the order in which they were given, written. */
    record Labels(String written) {

        static final Labels NONE = new Labels("");

        Labels and(String name, String value) {
            String escaped = value.replace("\\", "\\\\")
                    .replace("\"", "\\\"")
                    .replaceAll("\\r\\n?", "\n")
                    .replace("\n", "\\n");
            return new Labels(written + (written.isEmpty() ? "" : ",") + name + "=\"" + escaped + "\"");
        }
    }

    /** Begins a family, to which the samples after it belong. */
    void family(String name, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(" gauge\n");
    }

    void sample(String name, Labels labels, double value) {
        line(
                name,
                labels,
                Double.isFinite(value)
                        ? new BigDecimal(Double.toString(value))
                                .stripTrailingZeros()
                                .toPlainString()
                        : "NaN");
    }

    void sample(String name, Labels labels, Instant time) {
        line(name, labels, String.format(Locale.ROOT, "%d.%06d", time.getEpochSecond(), time.getNano() / 1_000));
    }

    private void line(String name, Labels labels, String value) {
        out.append(name)
                .append('{')
                .append(labels.written())
                .append("} ")
                .append(value)
                .append('\n');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
