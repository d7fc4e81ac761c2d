package dev.pitrproof.scenario;

import dev.pitrproof.proof.FindingCode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code expect:}, one of {@code PROVEN}, {@code REFUTED CODE} and {@code UNPROVEN CODE}. */
final class ExpectReader {

    /** The codes that can be a reason not to be proven. */
    static final List<String> CODES = Arrays.stream(FindingCode.values())
            .filter(code -> !code.isSuccess())
            .map(FindingCode::name)
            .toList();

    private static final List<String> SUCCESSES = Arrays.stream(FindingCode.values())
            .filter(FindingCode::isSuccess)
            .map(FindingCode::name)
            .toList();

    private static final List<String> VERDICTS = List.of("PROVEN", "REFUTED", "UNPROVEN");

    private final Reading reading;

    ExpectReader(Reading reading) {
        this.reading = reading;
    }

    /** {@link Expect#PROVEN} if the entry says nothing; null, and a problem, if it says something else. */
    @Nullable
    Expect read(Section entry) {
        if (!entry.has("expect")) {
            return Expect.PROVEN;
        }
        Text text = entry.text("expect");
        if (text == null) {
            return null;
        }
        String[] words = text.value().strip().split("\\s+", -1);
        String verdict = words[0];
        if (!VERDICTS.contains(verdict)) {
            reading.problem(
                    text.position(),
                    "unknown verdict " + Wording.quoted(verdict) + ", expected PROVEN, REFUTED CODE or UNPROVEN CODE",
                    Wording.didYouMean(verdict, VERDICTS));
            return null;
        }
        boolean isProven = verdict.equals(Expect.PROVEN.verdict());
        if (words.length != (isProven ? 1 : 2)) {
            reading.problem(
                    text.position(),
                    "expect is " + Wording.quoted(text.value()) + ", expected "
                            + (isProven ? "PROVEN without a code" : verdict + " and one code"),
                    isProven ? null : "say for which reason, for example " + verdict + " DATA_DIFFERS");
            return null;
        }
        if (isProven) {
            return Expect.PROVEN;
        }
        if (SUCCESSES.contains(words[1])) {
            reading.problem(
                    text.position(),
                    "expect is " + Wording.quoted(text.value()) + ", expected a code that says what is wrong",
                    words[1] + " is how a proof succeeds");
            return null;
        }
        if (!CODES.contains(words[1])) {
            String guess = Wording.didYouMean(words[1], CODES);
            reading.problem(
                    text.position(),
                    "unknown finding code " + Wording.quoted(words[1]) + " behind " + verdict
                            + ", expected a known one",
                    guess != null ? guess : "the codes are " + String.join(", ", CODES));
            return null;
        }
        return new Expect(verdict, words[1]);
    }
}
