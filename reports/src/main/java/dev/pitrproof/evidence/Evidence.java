package dev.pitrproof.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The whole record of one drill, from which every report is rendered.
 *
 * @param schema the version of this shape, {@value #SCHEMA}
 * @param drill the drill's name, unique in a run, fit for a directory
 * @param scenario the scenario it is a run of
 * @param about one sentence for the reader, null when the scenario has none
 * @param verdict what came out
 * @param expected what had to come out
 * @param asExpected whether it did
 * @param tool which pitrproof this was
 * @param seed the seed of everything random in the drill
 * @param started when the drill began
 * @param ended when it was over
 * @param startedBy who asked for the drill: a person's name or the name of a job, never a host
 * @param postgres the server, null when none was reached
 * @param backup the base backup, null when there was none
 * @param archive the WAL archive, null when it was not read
 * @param target the recovery target, null when the drill ended before one was set
 * @param oracle what the WAL says had to happen, null when it could not be read that far
 * @param witnesses what the restored cluster said, null when nothing was restored
 * @param claims what was asserted and what was found, in the order of the scenario
 * @param objectives RTO and RPO, null when neither was measured
 * @param isolation {@code network}, {@code archive}, {@code workers}, {@code archiving}, {@code logical-replication},
 *     {@code preloads} to {@code enforced}, {@code configured} or {@code not-enforced}; sorted by key
 * @param story what happened on the source, null when pitrproof did not run it
 * @param journal file name of the client's journal, relative to this evidence
 * @param answers file name of the witnesses' answers, relative to this evidence
 * @param attachments further files beside this evidence
 * @param tags the scenario's tags, in its order
 * @param notes what a reader should know of the restored cluster and no verdict hangs on, a line each
 * @param sweep what was proved of other targets in one replay, null when that was not asked or not come to
 * @param impact what taking the story's base backups did to the source, null when pitrproof did not take any
 * @param logicalBackup the dump that was restored and what it lacks, null when it was a base backup, or there was no dump
 */
public record Evidence(
        int schema,
        String drill,
        String scenario,
        @Nullable String about,
        Verdict verdict,
        Expectation expected,
        boolean asExpected,
        Tool tool,
        long seed,
        Instant started,
        Instant ended,
        String startedBy,
        @Nullable Postgres postgres,
        @Nullable Backup backup,
        @Nullable Archive archive,
        @Nullable Target target,
        @Nullable Oracle oracle,
        @Nullable Witnesses witnesses,
        List<Claim> claims,
        @Nullable Objectives objectives,
        Map<String, String> isolation,
        @Nullable Story story,
        @Nullable String journal,
        @Nullable String answers,
        List<Attachment> attachments,
        List<String> tags,
        List<String> notes,
        @Nullable Sweep sweep,
        @Nullable Impact impact,
        @Nullable LogicalBackup logicalBackup) {

    /** The schema version this code writes, and the newest it reads. */
    public static final int SCHEMA = 1;

    public Evidence {
        Components.present(drill, "drill");
        Components.present(scenario, "scenario");
        Components.present(verdict, "verdict");
        Components.present(expected, "expected");
        Components.present(tool, "tool");
        Components.present(started, "started");
        Components.present(ended, "ended");
        Components.present(startedBy, "startedBy");
        claims = Components.list(claims);
        isolation = Components.map(new TreeMap<>(Components.map(isolation)));
        attachments = Components.list(attachments);
        tags = Components.list(tags);
        notes = Components.list(notes);
    }
}
