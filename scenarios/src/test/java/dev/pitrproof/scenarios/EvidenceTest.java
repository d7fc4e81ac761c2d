package dev.pitrproof.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Attachment;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.Objectives;
import dev.pitrproof.evidence.Oracle;
import dev.pitrproof.evidence.RecordRef;
import dev.pitrproof.evidence.Target;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.evidence.Witnesses;
import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The evidence of dropped-table: all that is promised is there, and its parts agree with each other. */
class EvidenceTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    static Path output;

    @SuppressWarnings("NullAway.Init") // set before the tests
    private static Path directory;

    @SuppressWarnings("NullAway.Init") // set before the tests
    private static Evidence evidence;

    @BeforeAll
    static void drill() throws Exception {
        Evidence drilled = Drills.run(Scripts.droppedTable("13:59"), output).get(0);
        directory = output.resolve(drilled.drill());
        evidence = EvidenceFile.read(directory.resolve(EvidenceFile.NAME));
    }

    @Test
    void hasEveryFieldOfTheContract() throws IOException {
        JsonNode root = JsonMapper.builder().build().readTree(Files.readString(directory.resolve(EvidenceFile.NAME)));

        assertHas(root, "schema", "drill", "scenario", "about", "verdict", "expected", "asExpected", "tool", "seed");
        assertHas(root, "started", "ended", "startedBy", "postgres", "backup", "archive", "target", "oracle");
        assertHas(root, "witnesses", "claims", "objectives", "isolation", "story", "journal", "answers", "attachments");
        assertHas(root.path("tool"), "version", "commit");
        assertHas(root.path("postgres"), "version", "systemIdentifier", "sandbox", "binariesSha256");
        assertHas(
                root.path("backup"), "label", "startLsn", "stopLsn", "timeline", "manifestSha256", "bytes", "seconds");
        assertHas(root.path("archive"), "segments", "firstLsn", "lastLsn", "lastProvableCommit", "recoveryRangeSha256");
        assertHas(root.path("archive").path("lastProvableCommit"), "xid", "time", "lsn");
        assertHas(root.path("target"), "kind", "value", "inclusive", "timeline", "storyTime");
        assertHas(
                root.path("oracle"),
                "lastApplied",
                "firstNotApplied",
                "committed",
                "notCommitted",
                "leftOutThoughEarlier",
                "timelinePath",
                "appliedThroughLsn");
        assertHas(root.path("oracle").path("lastApplied"), "kind", "xid", "time", "lsn", "endLsn");
        assertHas(root.path("oracle").path("firstNotApplied"), "kind", "lsn", "endLsn");
        assertHas(
                root.path("witnesses"),
                "replayLsn",
                "lastReplayTime",
                "xidsAsked",
                "xidsAgreeing",
                "timelinePath",
                "snapshotXmax",
                "systemIdentifier",
                "historySwitchLsn",
                "newTimeline",
                "acknowledgedCommits");
        assertHas(root.path("objectives").path("rto"), "asked", "measured", "phases");
        assertHas(root.path("objectives").path("rpo"), "asked", "measured", "recoveredThrough", "damage");
        assertHas(root, "notes");
        assertThat(root.path("isolation").propertyNames())
                .contains("network", "archive", "workers", "archiving", "logical-replication", "preloads");
        for (JsonNode claim : root.path("claims")) {
            assertHas(claim, "claim", "verdict", "code", "expected", "found", "witnesses");
        }
    }

    private static void assertHas(JsonNode object, String... keys) {
        assertThat(object.propertyNames()).contains(keys);
        for (String key : keys) {
            assertThat(object.path(key).isNull()).as(key).isFalse();
        }
    }

    @Test
    void stopsBetweenTheTwoRecordsThatTheWalNames() {
        Oracle oracle = present(evidence.oracle());
        Target target = present(evidence.target());
        RecordRef last = present(oracle.lastApplied());
        RecordRef next = present(oracle.firstNotApplied());
        Instant asked = Instant.parse(target.value());

        assertThat(target.kind()).isEqualTo("time");
        assertThat(target.inclusive()).isTrue();
        assertThat(target.storyTime()).isEqualTo("13:59");
        assertThat(last.kind()).isEqualTo("commit");
        assertThat(present(last.time())).isBeforeOrEqualTo(asked);
        assertThat(present(next.time())).isAfter(asked);
        assertThat(lsn(last.lsn())).isLessThan(lsn(last.endLsn()));
        assertThat(lsn(last.endLsn())).isLessThanOrEqualTo(lsn(oracle.appliedThroughLsn()));
        assertThat(lsn(oracle.appliedThroughLsn())).isLessThanOrEqualTo(lsn(next.lsn()));
        assertThat(oracle.committed()).isPositive();
        assertThat(oracle.notCommitted()).isPositive();
        assertThat(oracle.leftOutThoughEarlier())
                .allSatisfy(commit -> assertThat(commit.time()).isBeforeOrEqualTo(asked));
    }

    @Test
    void theServerAgreesWithTheWal() {
        Oracle oracle = present(evidence.oracle());
        Witnesses witnesses = present(evidence.witnesses());

        assertThat(witnesses.replayLsn()).isEqualTo(oracle.appliedThroughLsn());
        assertThat(witnesses.historySwitchLsn()).isEqualTo(oracle.appliedThroughLsn());
        assertThat(witnesses.lastReplayTime())
                .isEqualTo(present(oracle.lastApplied()).time());
        assertThat(witnesses.xidsAsked()).isPositive();
        assertThat(witnesses.xidsAgreeing()).isEqualTo(witnesses.xidsAsked());
        assertThat(present(witnesses.acknowledgedCommits())).isPositive();
        assertThat(Long.parseLong(present(witnesses.snapshotXmax())))
                .isGreaterThan(present(present(oracle.lastApplied()).xid()));
        assertThat(oracle.timelinePath()).containsExactly(1);
        assertThat(witnesses.newTimeline()).isEqualTo(2);
        assertThat(witnesses.timelinePath()).containsExactly(1, 2);
        assertThat(witnesses.systemIdentifier())
                .isEqualTo(present(evidence.postgres()).systemIdentifier());
    }

    @Test
    void backupAndArchiveReachFromTheStartToBehindTheTarget() {
        var backup = present(evidence.backup());
        var archive = present(evidence.archive());
        Oracle oracle = present(evidence.oracle());

        assertThat(backup.label()).isEqualTo("nightly");
        assertThat(backup.timeline()).isEqualTo(1);
        assertThat(backup.bytes()).isPositive();
        assertThat(backup.manifestSha256()).matches("[0-9a-f]{64}");
        assertThat(archive.recoveryRangeSha256()).matches("[0-9a-f]{64}");
        assertThat(present(evidence.postgres()).binariesSha256()).matches("[0-9a-f]{64}");
        assertThat(List.of(
                        lsn(archive.firstLsn()),
                        lsn(backup.startLsn()),
                        lsn(backup.stopLsn()),
                        lsn(oracle.appliedThroughLsn()),
                        lsn(present(archive.lastProvableCommit()).lsn()),
                        lsn(archive.lastLsn())))
                .isSorted();
        assertThat(archive.segments()).isPositive();
    }

    @Test
    void everyClaimIsProvenAndTheTargetByTwoWitnesses() {
        assertThat(evidence.verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(evidence.asExpected()).isTrue();
        assertThat(evidence.claims())
                .extracting(Claim::claim)
                .contains(
                        "backup-intact",
                        "target-reached",
                        "table-exists: accounts",
                        "same-as: last-good, accounts",
                        "recovered-within: 5m",
                        "lost-at-most: 1m",
                        "structure: libraries",
                        "clone-harmless",
                        "archive-unchanged",
                        "backup-unchanged");
        assertThat(evidence.claims()).doesNotHaveDuplicates().allSatisfy(claim -> {
            assertThat(claim.verdict()).isEqualTo(Verdict.PROVEN);
            assertThat(claim.hint()).isNull();
            assertThat(claim.witnesses()).isNotEmpty();
        });
        assertThat(evidence.claims())
                .filteredOn(claim -> claim.claim().equals("target-reached"))
                .singleElement()
                .satisfies(claim -> assertThat(claim.code()).isEqualTo("TARGET_EXACT"))
                .satisfies(claim -> assertThat(claim.witnesses()).hasSizeGreaterThanOrEqualTo(2));
    }

    @Test
    void objectivesAreMeasured() {
        Objectives.Rto rto = present(present(evidence.objectives()).rto());
        Objectives.Rpo rpo = present(present(evidence.objectives()).rpo());

        assertThat(rto.asked()).isEqualTo(300.0);
        assertThat(rto.measured()).isPositive();
        assertThat(rto.phases()).containsKeys("copy", "start", "replay", "witnesses", "promotion");
        assertThat(rto.phases().values())
                .allSatisfy(seconds -> assertThat(seconds).isNotNegative());
        // recovered through 13:59, dropped at 14:00
        assertThat(rpo.asked()).isEqualTo(60.0);
        assertThat(rpo.measured()).isEqualTo(60.0);
        assertThat(present(rpo.recoveredThrough()))
                .isEqualTo(Instant.parse(present(evidence.target()).value()));
        assertThat(present(rpo.damage())).isAfter(present(rpo.recoveredThrough()));
        assertThat(rpo.acknowledgedCommitsLostTotal())
                .isGreaterThanOrEqualTo(rpo.acknowledgedCommitsLost().size());
        assertThat(rpo.acknowledgedCommitsLost())
                .allSatisfy(lost -> assertThat(lost.time()).isBefore(present(rpo.damage())));
    }

    @Test
    void attachmentsAreThereAndUnchanged() throws Exception {
        TreeSet<String> found = new TreeSet<>();
        for (Attachment attachment : evidence.attachments()) {
            byte[] bytes = Files.readAllBytes(directory.resolve(attachment.file()));
            assertThat(attachment.sha256())
                    .as(attachment.file())
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
            found.add(attachment.file());
        }
        assertThat(found).contains(present(evidence.journal()), present(evidence.answers()));
        try (var lines = Files.lines(directory.resolve(present(evidence.answers())))) {
            assertThat(lines.filter(line -> line.contains("\"xid\""))).isNotEmpty();
        }
    }

    private static Lsn lsn(@Nullable String text) {
        return Lsn.parse(present(text));
    }

    private static <T> T present(@Nullable T part) {
        return Objects.requireNonNull(part, "the evidence lacks a part");
    }
}
