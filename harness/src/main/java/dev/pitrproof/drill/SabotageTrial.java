package dev.pitrproof.drill;

import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What became of one fault when the proof was repeated with it. */
sealed interface SabotageTrial {

    /** What was done, in words. */
    String fault();

    /** For {@code sabotage.jsonl}. */
    Map<String, Object> line();

    /**
     * The proof was repeated.
     *
     * @param expected any of these is the right reason; only codes of success if what was done does no harm
     * @param verdict what the proof came to
     * @param code why
     */
    record Tried(String fault, Set<FindingCode> expected, Verdict verdict, String code) implements SabotageTrial {

        /** Whether nothing was broken: then the proof must hold as it did before. */
        boolean isHarmless() {
            return expected.stream().allMatch(FindingCode::isSuccess);
        }

        /** Whether the proof came to what it must. */
        boolean isAsItMustBe() {
            return (verdict == Verdict.PROVEN) == isHarmless()
                    && expected.stream().anyMatch(one -> one.name().equals(code));
        }

        @Override
        public Map<String, Object> line() {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("fault", fault);
            line.put("result", isAsItMustBe() ? isHarmless() ? "harmless" : "caught" : "missed");
            line.put(
                    "expected",
                    expected.stream().map(FindingCode::name).sorted().toList());
            line.put("verdict", verdict);
            line.put("code", code);
            return line;
        }
    }

    /** The proof could not be repeated. */
    record BrokenOff(String fault, String why) implements SabotageTrial {
        @Override
        public Map<String, Object> line() {
            return because(fault, "not tried", why);
        }
    }

    /** What was to be done makes no sense with this backup and this archive. */
    record NotApplicable(String fault, String why) implements SabotageTrial {
        @Override
        public Map<String, Object> line() {
            return because(fault, "not applicable", why);
        }
    }

    private static Map<String, Object> because(String fault, String result, String why) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("fault", fault);
        line.put("result", result);
        line.put("why", why);
        return line;
    }
}
