package dev.pitrproof.drill;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Sweep;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.PausedAnswers;
import dev.pitrproof.proof.SweepTarget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a sweep found at one target.
 *
 * @param answers what the server said; null if it could not be asked
 * @param xidsAgreeing how many of the transactions asked for agree with the oracle
 * @param claims that the target is reached, then the drill's claims about data
 */
record SweptTarget(
        SweepTarget target, @Nullable PausedAnswers answers, long xidsAgreeing, List<Claim> claims, double seconds) {

    SweptTarget {
        claims = List.copyOf(claims);
    }

    /** All but the answers, which are as many as there are transactions. */
    SweptTarget withoutAnswers() {
        return new SweptTarget(target, null, xidsAgreeing, claims, seconds);
    }

    Verdict verdict() {
        return Verdict.merge(claims.stream().map(Claim::verdict).toList());
    }

    /** The claim that the verdict comes from. */
    Claim reason() {
        return claims.stream()
                .filter(claim -> claim.verdict() == verdict())
                .findFirst()
                .orElseThrow();
    }

    Sweep.Disagreement disagreement() {
        Claim reason = reason();
        return new Sweep.Disagreement(
                target.end().toString(),
                inWords(target),
                reason.claim(),
                reason.verdict(),
                reason.code(),
                reason.expected(),
                reason.found());
    }

    /** What ends at the target: {@code commit of xid 745}. */
    static String inWords(SweepTarget target) {
        return RecordKind.of(target.last())
                + target.transaction().map(end -> " of xid " + end.xid()).orElse("");
    }

    /** For {@code sweep.jsonl}. */
    Map<String, Object> line() {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("lsn", target.end().toString());
        line.put("record", inWords(target));
        Optional<EndedTransaction> transaction = target.transaction();
        transaction.ifPresent(end -> {
            line.put("xid", end.xid());
            line.put("time", end.time().toString());
        });
        line.put("reasons", target.reasons());
        line.put("verdict", verdict());
        line.put("code", reason().code());
        if (answers != null) {
            if (answers.replayLsn() != null) {
                line.put("replayLsn", answers.replayLsn().toString());
            }
            line.put("snapshotXmax", Long.toString(answers.statuses().end()));
            line.put("xidsAsked", answers.statuses().asked());
            line.put("xidsAgreeing", xidsAgreeing);
        }
        line.put("claims", claims.stream().map(SweptTarget::line).toList());
        line.put("seconds", Math.round(seconds * 1000) / 1000.0);
        return line;
    }

    private static Map<String, Object> line(Claim claim) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("claim", claim.claim());
        line.put("verdict", claim.verdict());
        line.put("code", claim.code());
        line.put("expected", claim.expected());
        line.put("found", claim.found());
        return line;
    }
}
