package dev.pitrproof.drill;

import dev.pitrproof.drill.SabotageTrial.BrokenOff;
import dev.pitrproof.drill.SabotageTrial.NotApplicable;
import dev.pitrproof.drill.SabotageTrial.Tried;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What trials come to: a proof that misses a fault, or sees one where there is none, is not worth much.
 *
 * <p>Missed is REFUTED; a trial that could not be carried out is UNPROVEN. What cannot be done to a backup and its archive
 * counts for nothing.
 */
final class SabotageClaim {

    static final String NAME = "sabotage";

    private final List<Tried> faults;
    private final List<Tried> harmless;
    private final List<BrokenOff> brokenOff;
    private final List<NotApplicable> notApplicable;

    private SabotageClaim(List<SabotageTrial> trials) {
        List<Tried> tried = only(Tried.class, trials);
        this.faults = tried.stream().filter(Predicate.not(Tried::isHarmless)).toList();
        this.harmless = tried.stream().filter(Tried::isHarmless).toList();
        this.brokenOff = only(BrokenOff.class, trials);
        this.notApplicable = only(NotApplicable.class, trials);
    }

    private static <T> List<T> only(Class<T> kind, List<SabotageTrial> trials) {
        return trials.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    static Claim of(List<SabotageTrial> trials) {
        return new SabotageClaim(trials).judge();
    }

    private Claim judge() {
        List<Tried> caught = faults.stream().filter(Tried::isAsItMustBe).toList();
        List<Tried> missed =
                faults.stream().filter(Predicate.not(Tried::isAsItMustBe)).toList();
        List<Tried> falseAlarms =
                harmless.stream().filter(Predicate.not(Tried::isAsItMustBe)).toList();
        int injected = faults.size() + brokenOff.size();
        boolean isWrong = !missed.isEmpty() || !falseAlarms.isEmpty();
        boolean isProven = !isWrong && brokenOff.isEmpty() && !caught.isEmpty();
        List<String> found = new ArrayList<>();
        String sum = caught.size() + " of " + injected + " caught";
        found.add(isProven ? list(sum, caught, SabotageClaim::withCode) : sum);
        add(found, "not caught", missed, SabotageClaim::withVerdict);
        add(found, "no fault, but taken for one", falseAlarms, SabotageClaim::withVerdict);
        add(found, "could not be tried", brokenOff, trial -> trial.fault() + " (" + trial.why() + ")");
        if (isProven) {
            add(found, "no fault, and not taken for one", harmless, Tried::fault);
            add(found, "not applicable", notApplicable, trial -> trial.fault() + " (" + trial.why() + ")");
        }
        return new Claim(
                NAME,
                isProven ? Verdict.PROVEN : isWrong ? Verdict.REFUTED : Verdict.UNPROVEN,
                code(isProven, isWrong, injected).name(),
                "each of " + injected + " faults is caught, for the right reason",
                String.join("; ", found),
                isProven ? null : hint(isWrong),
                isProven ? List.of("the same proof, repeated on broken copies") : List.of());
    }

    private static FindingCode code(boolean isProven, boolean isWrong, int injected) {
        if (isProven) {
            return FindingCode.SABOTAGE_CAUGHT;
        } else if (isWrong) {
            return FindingCode.SABOTAGE_MISSED;
        }
        return injected == 0 ? FindingCode.NOTHING_TO_PROVE : FindingCode.ENVIRONMENT;
    }

    private static String hint(boolean isWrong) {
        return isWrong
                ? "a proof that does not tell this apart is no proof: please report it, with sabotage.jsonl"
                : "pitrproof.log in the output directory has the details";
    }

    private static <T> void add(List<String> found, String heading, List<T> trials, Function<T, String> words) {
        if (!trials.isEmpty()) {
            found.add(list(heading, trials, words));
        }
    }

    private static <T> String list(String heading, List<T> trials, Function<T, String> words) {
        return heading + ": " + String.join(", ", trials.stream().map(words).toList());
    }

    private static String withCode(Tried trial) {
        return trial.fault() + " (" + trial.code() + ")";
    }

    private static String withVerdict(Tried trial) {
        return trial.fault() + " (" + trial.verdict() + " " + trial.code() + ")";
    }
}
