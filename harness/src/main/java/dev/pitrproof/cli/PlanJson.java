package dev.pitrproof.cli;

import dev.pitrproof.proof.EndedTransaction;
import dev.pitrproof.proof.Prediction;
import dev.pitrproof.restore.PlanOutcome;
import dev.pitrproof.restore.RestoreChoice;
import dev.pitrproof.restore.RestoreChoice.Way;
import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineId;
import dev.pitrproof.wal.WalRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A plan for a program, as one JSON object: {@code result} is {@code reachable}, {@code unreachable} or
 * {@code ambiguous}; {@code ways} lists what was looked at, {@code chosen} of them marked.
 */
final class PlanJson {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private PlanJson() {}

    static String of(RestoreChoice.Result result) {
        ObjectNode object = JSON.createObjectNode();
        object.put("result", name(result));
        ArrayNode ways = object.putArray("ways");
        for (Way way : result.ways()) {
            boolean chosen = result instanceof RestoreChoice.Result.Chosen one
                    && one.way().equals(way);
            way(ways.addObject(), way).put("chosen", chosen);
        }
        return JSON.writeValueAsString(object);
    }

    private static String name(RestoreChoice.Result result) {
        if (result instanceof RestoreChoice.Result.Chosen) {
            return "reachable";
        }
        return result instanceof RestoreChoice.Result.Ambiguous ? "ambiguous" : "unreachable";
    }

    private static ObjectNode way(ObjectNode node, Way way) {
        Prediction prediction = way.outcome().prediction();
        node.put("backup", way.backup().directory().toString());
        node.put("label", way.backup().label().label());
        node.put("timeline", way.timeline().value());
        node.put("bytesToCopy", way.backup().bytes());
        way.plan().ifPresent(plan -> {
            node.put("startLsn", plan.backup().startLsn().toString());
            node.put("endLsn", prediction.endLsn().toString());
            node.put(
                    "bytesToReplay",
                    prediction.endLsn().value() - plan.backup().startLsn().value());
            ArrayNode path = node.putArray("timelinePath");
            plan.path().path().stream().map(TimelineId::value).forEach(path::add);
            ArrayNode segments = node.putArray("segments");
            plan.segments().stream().map(SegmentName::fileName).forEach(segments::add);
            lsn(node, "lastAppliedLsn", prediction.lastApplied());
            lsn(node, "firstNotAppliedLsn", prediction.firstNotApplied());
            ArrayNode leftOut = node.putArray("leftOutThoughEarlier");
            prediction.leftOutThoughEarlier().forEach(end -> leftOut.add(end.xid()));
        });
        if (way.outcome() instanceof PlanOutcome.Refused refused) {
            node.put("code", refused.claim().code());
            node.put("expected", refused.claim().expected());
            node.put("found", refused.claim().found());
            node.put("hint", refused.claim().hint());
        }
        commit(node, "firstReachable", way.window().first());
        commit(node, "lastReachable", way.window().last());
        commit(node, "nearestBefore", way.window().nearestBefore(prediction.target()));
        commit(node, "nearestAfter", way.window().nearestAfter(prediction.target()));
        return node;
    }

    private static void lsn(ObjectNode node, String name, @Nullable WalRecord record) {
        if (record != null) {
            node.put(name, record.start().toString());
        }
    }

    private static void commit(ObjectNode node, String name, Optional<EndedTransaction> commit) {
        commit.ifPresent(end -> node.putObject(name)
                .put("xid", end.xid())
                .put("time", FoundPrinter.time(end.time()))
                .put("lsn", end.lsn().toString()));
    }
}
