package dev.pitrproof.proof;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a restored server was told of its target, as its own settings say. Whoever restores by hand writes these settings,
 * and a time in them is another moment in another time zone.
 *
 * @param settings by name: each {@code recovery_target*} that was set, and {@code timezone}; empty where none was, or nobody
 *     asked
 * @param moment what {@code recovery_target_time} is in that time zone; null if it was not set
 */
public record ToldTarget(
        Map<String, String> settings, @Nullable Instant moment) {

    /** Nothing, or nobody asked. */
    public static final ToldTarget NOTHING = new ToldTarget(Map.of(), null);

    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String INCLUSIVE = "recovery_target_inclusive";

    public ToldTarget {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** In words what else the server was told than what was asked for; empty if it was told just that, or nothing. */
    Optional<String> otherThan(RecoveryTarget asked) {
        if (asked instanceof RecoveryTarget.Time time && moment != null && !moment.equals(time.time())) {
            return Optional.of("the server was told " + settings.get("recovery_target_time") + " in the time zone "
                    + settings.get("timezone") + ", which is " + UTC.format(moment) + " UTC, "
                    + apart(time.time(), moment));
        }
        if (moment == null && !target().isEmpty() && !target().equals(asked.parameter())) {
            return Optional.of("the server was told " + inWords(target()));
        }
        String inclusive = asked.inclusive() ? "on" : "off";
        String told = settings.get(INCLUSIVE);
        return told == null || told.equals(inclusive)
                ? Optional.empty()
                : Optional.of("the server was told " + INCLUSIVE + " = " + told);
    }

    /** What of it says where to stop. */
    private Map<String, String> target() {
        Map<String, String> target = new LinkedHashMap<>(settings);
        target.keySet().removeAll(List.of(INCLUSIVE, "recovery_target_timeline", "timezone"));
        return target;
    }

    private static String inWords(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + " = " + setting.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String apart(Instant asked, Instant told) {
        BigDecimal seconds =
                BigDecimal.valueOf(Duration.between(asked, told).abs().toNanos(), 9);
        return seconds.stripTrailingZeros().toPlainString() + " s " + (told.isAfter(asked) ? "later" : "earlier")
                + " than asked for";
    }

    /** The settings that tell the server just what was asked for. */
    static String rightFor(RecoveryTarget asked) {
        StringBuilder right = new StringBuilder();
        asked.parameter()
                .forEach((name, value) ->
                        right.append(name).append(" = '").append(value).append("', "));
        return right + INCLUSIVE + " = " + (asked.inclusive() ? "on" : "off");
    }
}
