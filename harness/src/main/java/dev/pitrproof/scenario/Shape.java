package dev.pitrproof.scenario;

import java.util.List;
import java.util.stream.Stream;

/**
 * A mapping of the scenario language.
 *
 * @param label what messages call it
 * @param required the keys that it must have
 * @param optional the keys that it may have besides
 */
record Shape(String label, List<String> required, List<String> optional) {

    static final Shape SCENARIO = new Shape(
            "the scenario",
            List.of("scenario", "clock", "source", "story", "restore"),
            List.of("about", "tags", "postgres", "vars"));
    static final Shape CLOCK = new Shape("clock", List.of("from", "to", "lasts"), List.of());
    static final Shape SOURCE = new Shape(
            "source",
            List.of("archive"),
            List.of("setup", "parameters", "segment-size", "roles", "tablespaces", "standby"));
    static final Shape ROLE = new Shape("a role", List.of("name"), List.of("replication"));
    static final Shape STEP = new Shape(
            "a step of the story",
            List.of(),
            List.of(
                    "at",
                    "during",
                    "as",
                    "base-backup",
                    "logical-backup",
                    "workload",
                    "mark",
                    "sql",
                    "restore-point",
                    "switch-wal",
                    "checkpoint",
                    "archive",
                    "accident"));
    static final Shape BASE_BACKUP = new Shape(
            "base-backup",
            List.of("label"),
            List.of(
                    "from",
                    "as",
                    "checkpoint",
                    "format",
                    "compress",
                    "wal",
                    "max-rate",
                    "manifest-checksums",
                    "tablespaces",
                    "into",
                    "room",
                    "incremental",
                    "fails-with"));
    static final Shape LOGICAL_BACKUP = new Shape("logical-backup", List.of("label"), List.of());
    static final Shape WORKLOAD = new Shape("workload", List.of("kind"), List.of("rate", "on"));
    static final Shape ACCIDENT = new Shape(
            "accident", List.of(), List.of("sql", "kill", "restart", "promote", "lose-tablespace", "fill-disk"));
    static final Shape ARCHIVE = new Shape("archive", List.of(), List.of("lose", "corrupt", "delay"));
    /** A target has to be there, too, unless it is a logical backup that is restored. */
    static final Shape RESTORE =
            new Shape("a restore entry", List.of("from", "prove"), List.of("to", "about", "with", "expect", "sweep"));

    static final Shape WITH = new Shape("with", List.of(), List.of("postgres", "archiving", "clock-shows-it-again"));
    static final Shape TARGET = new Shape(
            "to",
            List.of(),
            List.of("time", "mark", "timestamp", "name", "xid", "lsn", "immediate", "latest", "inclusive", "timeline"));
    static final Shape SWEEP = new Shape("sweep", List.of(), List.of("every", "sample"));
    static final Shape CLAIM = new Shape(
            "a claim",
            List.of(),
            List.of(
                    "table-exists",
                    "table-absent",
                    "same-as",
                    "cluster-same-as",
                    "query",
                    "structure",
                    "page-checksums",
                    "sequences",
                    "prepared-transactions",
                    "recovered-within",
                    "lost-at-most"));
    static final Shape CLAIMS_FILE = new Shape("the claims file", List.of("prove"), List.of("database"));
    /** Of a backup whose source is not at hand: there is no mark to compare with, and no damage to count from. */
    static final Shape CLAIM_ALONE = new Shape(
            "a claim",
            List.of(),
            List.of(
                    "table-exists",
                    "table-absent",
                    "query",
                    "structure",
                    "page-checksums",
                    "sequences",
                    "prepared-transactions",
                    "recovered-within"));

    static final Shape SAME_AS = new Shape("same-as", List.of("mark", "table"), List.of());
    static final Shape CLUSTER_SAME_AS = new Shape("cluster-same-as", List.of("mark"), List.of());
    static final Shape QUERY = new Shape("query", List.of("sql", "equals"), List.of());

    List<String> keys() {
        return Stream.concat(required.stream(), optional.stream()).toList();
    }
}
