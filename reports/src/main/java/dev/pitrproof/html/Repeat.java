package dev.pitrproof.html;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Postgres;
import dev.pitrproof.evidence.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to do a drill again.
 *
 * @param command for a shell; what the evidence does not hold is written in capitals
 * @param remark what the reader has to put in
 */
public record Repeat(String command, String remark) {

    /** What {@code prove} calls the scenario of its drills. */
    private static final String PROVE = "prove";

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+=,-]+");
    private static final Pattern MAJOR = Pattern.compile("(\\d+)(?:[.a-z].*)?");

    static Repeat of(Evidence evidence) {
        List<String> words = new ArrayList<>();
        words.add("./pitrproof");
        boolean isProve = evidence.scenario().equals(PROVE);
        if (isProve) {
            words.addAll(List.of("prove", "--backup=DIR", "--archive=DIR"));
            target(words, evidence.target());
        } else {
            words.add("run");
            words.add(quoted("scenarios/" + evidence.scenario() + ".yaml"));
        }
        Postgres postgres = evidence.postgres();
        if (postgres != null) {
            words.add(quoted("--sandbox=" + postgres.sandbox()));
            var major = MAJOR.matcher(postgres.version());
            if (major.matches()) {
                words.add("--postgres=" + major.group(1));
            }
            if (postgres.image() != null) {
                words.add(quoted("--image=" + postgres.image()));
            }
        }
        if (!isProve) {
            words.add("--seed=" + evidence.seed());
        }
        if (evidence.claims().stream().map(Claim::claim).anyMatch("sabotage"::equals)) {
            words.add("--sabotage");
        }
        if (isProve && evidence.sweep() != null) {
            words.add("--sweep=" + sweep(evidence.sweep().choice()));
        }
        String remark = isProve
                ? "DIR are the backup and its archive; claims of a file are given with --claims."
                : "The scenario’s file may lie elsewhere; it runs all restores of the scenario.";
        return new Repeat(String.join(" ", words), remark);
    }

    private static void target(List<String> words, @Nullable Target target) {
        if (target == null) {
            return;
        }
        words.add(quoted("--target-" + target.kind() + (target.value().isEmpty() ? "" : "=" + target.value())));
        boolean hasSides = List.of("time", "lsn", "xid").contains(target.kind());
        if (hasSides && !target.inclusive()) {
            words.add("--target-exclusive");
        }
        words.add("--target-timeline=" + target.timeline());
    }

    /** {@code every commit} is {@code every-commit}, {@code sample of 20} is {@code 20}. */
    private static String sweep(String choice) {
        return choice.replaceFirst("^sample of ", "").replace(' ', '-');
    }

    /** A word as sh takes it, whatever stands in it. */
    private static String quoted(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
