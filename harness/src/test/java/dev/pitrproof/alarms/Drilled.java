package dev.pitrproof.alarms;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A drill, and what was wrong with the way it ended.
 *
 * @param kind why it was run
 * @param version of the server, such as 17.7
 * @param trials the lines of {@code sabotage.jsonl}; none for a drill that was not sabotaged
 * @param wrong what is not as it must be, a line each
 */
record Drilled(
        Kind kind,
        int major,
        String version,
        String drill,
        long seed,
        double seconds,
        List<Trial> trials,
        List<String> wrong) {

    /** Why a drill was run. */
    enum Kind {
        /** To be sabotaged; its proof has to hold first. */
        SABOTAGED,
        /** To end as its scenario says, which is not PROVEN. */
        TWIN,
        /** To be proven: anything else is a false alarm. */
        UNDAMAGED
    }

    /**
     * One fault, and what became of it: a line of {@code sabotage.jsonl}.
     *
     * @param harmless whether it only looks like a fault
     */
    record Trial(String fault, String result, boolean harmless, String why) {}

    static Drilled of(Kind kind, int major, long seed, double seconds, Evidence evidence, Path output)
            throws IOException {
        List<Trial> trials = trials(output.resolve(evidence.drill()).resolve("sabotage.jsonl"));
        return new Drilled(
                kind,
                major,
                evidence.postgres() == null ? "" : evidence.postgres().version(),
                evidence.drill(),
                seed,
                seconds,
                trials,
                wrong(kind, evidence, trials));
    }

    private static List<Trial> trials(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        return Files.readAllLines(file).stream().map(Drilled::trial).toList();
    }

    private static Trial trial(String line) {
        JsonNode json = JsonMapper.shared().readTree(line);
        String came =
                json.path("verdict").asString("") + " " + json.path("code").asString("");
        List<String> expected = new ArrayList<>();
        json.path("expected").forEach(code -> expected.add(code.asString()));
        return new Trial(
                json.path("fault").asString(),
                json.path("result").asString(),
                !expected.isEmpty()
                        && expected.stream()
                                .allMatch(code -> FindingCode.valueOf(code).isSuccess()),
                json.path("why").asString(came.strip()));
    }

    private static List<String> wrong(Kind kind, Evidence evidence, List<Trial> trials) {
        if (kind == Kind.SABOTAGED && trials.isEmpty()) {
            return List.of("was not sabotaged: " + ended(evidence));
        }
        boolean isRight = evidence.asExpected() && (kind == Kind.TWIN || evidence.verdict() == Verdict.PROVEN);
        return isRight ? List.of() : List.of(ended(evidence));
    }

    private static String ended(Evidence evidence) {
        String why = String.join(
                "; ",
                evidence.claims().stream()
                        .filter(claim -> claim.verdict() != Verdict.PROVEN)
                        .map(Drilled::inWords)
                        .toList());
        return evidence.verdict() + ", expected " + evidence.expected() + (why.isEmpty() ? "" : ": " + why);
    }

    private static String inWords(Claim claim) {
        return claim.claim() + " " + claim.code() + ": " + claim.found();
    }
}
