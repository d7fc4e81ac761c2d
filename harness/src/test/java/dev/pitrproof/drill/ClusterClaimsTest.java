package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.restore.FaultySandbox;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.scenario.ScenarioReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claims about whole clusters, each healthy and with a fault; and a clone that could do harm. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class ClusterClaimsTest {

    private static final int PAGE = 8192;

    private static final String STORY = """
            scenario: clusters
            postgres: 14-18
            clock: { from: "00:00", to: "06:00", lasts: 2s }
            source:
              setup: |
                CREATE EXTENSION pgcrypto;
                CREATE TABLE things (id serial PRIMARY KEY, words text[], down int);
                INSERT INTO things (words) SELECT array_agg(md5(w::text))
                  FROM generate_series(1, 2000) w GROUP BY w / 20;
                CREATE INDEX things_hash ON things USING hash (id);
                CREATE INDEX things_gin ON things USING gin (words);
                CREATE SEQUENCE countdown INCREMENT -1;
                ALTER TABLE things ALTER down SET DEFAULT nextval('countdown');
                INSERT INTO things DEFAULT VALUES;
                CREATE TABLE odd (id text DEFAULT 'no. ' || nextval('countdown'));
                CREATE UNLOGGED TABLE scratch (id int);
                CREATE COLLATION old (provider = icu, locale = 'en', version = '1');
                CREATE TABLE words (word text COLLATE old);
                INSERT INTO words SELECT md5(w::text) FROM generate_series(1, 500) w;
                CREATE SUBSCRIPTION news CONNECTION 'host=secret.example password=secret' PUBLICATION p
                  WITH (connect = false, slot_name = NONE);
                CREATE FOREIGN DATA WRAPPER wires;
                CREATE SERVER far FOREIGN DATA WRAPPER wires OPTIONS (host 'secret.example');
              archive: command
            story:
              - at: "00:00"
                base-backup: { label: nightly, checkpoint: fast }
              - during: "00:30-05:30"
                workload: { kind: ledger, rate: 200/s }
              - at: "01:00"
                mark: healthy
              - at: "02:00"
                sql: SELECT setval('things_id_seq', 5), setval('countdown', -1, false)
              - at: "03:00"
                sql: UPDATE pg_proc SET probin = '$libdir/nowhere' WHERE probin = '$libdir/pgcrypto'
              - at: "04:00"
                sql: |
                  CREATE FUNCTION key(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';
                  CREATE INDEX lies ON words (key(word));
                  CREATE OR REPLACE FUNCTION key(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1 || ''x'''
            restore:
              - from: nightly                         # 1: as it must be
                to: { mark: healthy }
                prove: [ { cluster-same-as: { mark: healthy } }, { sequences: not-behind },
                         { prepared-transactions: [] }, { structure: sound }, { page-checksums: sound } ]
              - from: nightly                         # 2: a flipped byte where nobody reads
                to: { mark: healthy }
                prove: [ { page-checksums: sound } ]
              - from: nightly                         # 3: sequences set back, and a table that goes on
                to: { time: "02:30" }
                expect: REFUTED DATA_DIFFERS
                prove: [ { sequences: not-behind }, { prepared-transactions: [none-such] },
                         { cluster-same-as: { mark: healthy } } ]
              - from: nightly                         # 4: a library that this PostgreSQL does not have
                to: { time: "03:30" }
                prove: [ { structure: sound },
                         { query: { sql: "SELECT digest('x', 'md5') IS NOT NULL", equals: t } } ]
              - from: nightly                         # 5: an archiver that writes into the archive
                to: { mark: healthy }
                prove: [ target-reached ]
              - from: nightly                         # 6: workers of the source; the archiver before left another timeline
                to: { mark: healthy, timeline: current }
                prove: [ target-reached ]
              - from: nightly                         # 7: no checksums
                to: { mark: healthy, timeline: current }
                prove: [ { page-checksums: sound } ]
              - from: nightly                         # 8: a flipped byte in a GIN index
                to: { mark: healthy, timeline: current }
                prove: [ { structure: sound } ]
              - from: nightly                         # 9: an index that may be sorted otherwise here
                to: { time: "04:30", timeline: current }
                prove: [ { structure: sound } ]
            """;

    @TempDir
    static Path directory;

    private static List<Evidence> evidence;

    @BeforeAll
    static void runTheStory() throws Exception {
        Path file = Files.writeString(directory.resolve("clusters.yaml"), STORY);
        DrillOptions options = new DrillOptions(18, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60));
        DrillRunner runner = new DrillRunner(
                major -> withFaults(ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {}))),
                options,
                DrillListener.SILENT);
        evidence = runner.run(ScenarioReader.read(file));
    }

    private static FaultySandbox withFaults(ProcessSandbox real) {
        Path archive = real.directory().resolve("archive");
        return new FaultySandbox(real)
                .before("restore-2", (data, settings) -> flip(data.resolve("base/1/1249_fsm"), PAGE + 4000))
                .before("restore-5", (data, settings) -> {
                    settings.put("archive_mode", "on");
                    settings.put("archive_command", "cp %p " + archive + "/%f");
                })
                .before("restore-6", (data, settings) -> {
                    settings.put("shared_preload_libraries", "pg_prewarm");
                    settings.put("max_logical_replication_workers", "4");
                })
                .before("restore-7", (data, settings) -> withoutChecksums(data.resolve("global/pg_control")))
                .before("restore-8", (data, settings) -> flip(ginIndex(data), PAGE + 4000));
    }

    private static void flip(Path file, long offset) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int old = bytes.read();
            bytes.seek(offset);
            bytes.write(old ^ 0x40);
        }
    }

    /** As initdb makes a cluster without --data-checksums; the layout is that of PostgreSQL 18. */
    private static void withoutChecksums(Path file) throws IOException {
        ByteBuffer control = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C sum = new CRC32C();
        control.putInt(252, 0);
        sum.update(control.array(), 0, 292);
        control.putInt(292, (int) sum.getValue());
        Files.write(file, control.array());
    }

    /** The one whose first page is a GIN metapage: 8 bytes of special space, and a flag in it. */
    private static Path ginIndex(Path data) throws IOException {
        try (Stream<Path> files = Files.walk(data.resolve("base"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                if (bytes.length > PAGE) {
                    ByteBuffer page = ByteBuffer.wrap(bytes, 0, PAGE).order(ByteOrder.LITTLE_ENDIAN);
                    if (page.getShort(16) == PAGE - 8 && page.getShort(PAGE - 2) == 8) {
                        return file;
                    }
                }
            }
        }
        throw new AssertionError("no GIN index in the backup");
    }

    private static Claim claim(int restore, String name) {
        return evidence.get(restore - 1).claims().stream()
                .filter(claim -> claim.claim().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "no claim " + name + " in " + evidence.get(restore - 1).claims()));
    }

    private static void assertClaim(int restore, String name, Verdict verdict, String code, String found) {
        Claim claim = claim(restore, name);
        assertThat(claim.verdict()).as(claim.toString()).isEqualTo(verdict);
        assertThat(claim.code()).as(claim.toString()).isEqualTo(code);
        assertThat(claim.found()).contains(found);
    }

    @Test
    void aHealthyClusterHoldsAllOfThem() {
        assertThat(evidence.get(0).verdict())
                .as(evidence.get(0).claims().toString())
                .isEqualTo(Verdict.PROVEN);
        assertClaim(1, "cluster-same-as: healthy", Verdict.PROVEN, "DATA_AS_CLAIMED", "6 tables with ");
        assertClaim(1, "sequences: not-behind", Verdict.PROVEN, "DATA_AS_CLAIMED", "2 compared with the columns");
        assertClaim(1, "prepared-transactions: []", Verdict.PROVEN, "DATA_AS_CLAIMED", "no prepared transaction is");
        assertClaim(1, "page-checksums: sound", Verdict.PROVEN, "DATA_AS_CLAIMED", " pages of ");
        assertClaim(1, "structure: libraries", Verdict.PROVEN, "DATA_AS_CLAIMED", " libraries are there");
        assertClaim(1, "clone-harmless", Verdict.PROVEN, "NO_SIDE_EFFECT", "archive_mode is off");
        assertThat(evidence.get(0).isolation())
                .containsEntry("archiving", "configured")
                .containsEntry("logical-replication", "configured")
                .containsEntry("preloads", "configured");
    }

    @Test
    void whatWasNotComparedIsNamed() {
        assertThat(claim(1, "sequences: not-behind").found())
                .endsWith("not compared, for they cycle or do not feed a number as it is: public.countdown in database"
                        + " postgres");
        assertThat(claim(1, "structure: heaps and indexes").found())
                .endsWith("; not checked, for this amcheck does not know their kind: hash index public.things_hash in"
                        + " database postgres");
    }

    @Test
    void theNotesNameWhatIsInTheCloneAndKeepItsSecrets() throws Exception {
        assertThat(evidence.get(0).notes())
                .contains(
                        "subscription \"news\" in database postgres, disabled: nothing applies it here",
                        "foreign server \"far\" (wires) in database postgres: whoever runs this clone with a network"
                                + " can reach it",
                        "1 unlogged table, which every recovery empties: public.scratch in database postgres")
                .anyMatch(note -> note.startsWith("collation public.old of database postgres is of version 1 on the"));
        assertThat(directory.resolve("out/clusters-pg18-1/evidence.json"))
                .content()
                .contains("subscription \\\"news\\\"")
                .doesNotContain("secret");
    }

    @Test
    void aFlippedByteThatNobodyReadsIsFoundByItsChecksum() {
        assertClaim(
                2, "page-checksums: sound", Verdict.REFUTED, "BACKUP_DAMAGED", "base/1/1249_fsm: block 1 has checksum");
    }

    @Test
    void sequencesThatWereSetBackAreBehind() {
        assertClaim(
                3,
                "sequences: not-behind",
                Verdict.REFUTED,
                "DATA_DIFFERS",
                "public.things_id_seq in database postgres is at 5 and public.things.id at 102");
        assertThat(claim(3, "sequences: not-behind").found())
                .contains("public.countdown in database postgres is at -1, not yet used, and public.things.down at -1");
    }

    @Test
    void anotherPreparedTransactionIsMissed() {
        assertClaim(
                3, "prepared-transactions: [none-such]", Verdict.REFUTED, "DATA_DIFFERS", "no prepared transaction is");
    }

    @Test
    void aTableThatWentOnIsNamed() {
        assertClaim(3, "cluster-same-as: healthy", Verdict.REFUTED, "DATA_DIFFERS", "postgres.public.pitrproof_ledger");
    }

    @Test
    void aLibraryThatIsNotHereIsNoDamage() {
        assertThat(evidence.get(3).verdict()).isEqualTo(Verdict.UNPROVEN);
        assertClaim(
                4,
                "structure: libraries",
                Verdict.UNPROVEN,
                "ENGINE_CANNOT_JUDGE",
                "extension pgcrypto in database postgres: library $libdir/nowhere is not installed in this sandbox");
        assertClaim(
                4,
                "query: SELECT digest('x', 'md5') IS NOT NULL",
                Verdict.UNPROVEN,
                "ENGINE_CANNOT_JUDGE",
                "could not access file \"nowhere\"");
    }

    @Test
    void aCloneThatArchivesIsASideEffect() {
        assertClaim(5, "clone-harmless", Verdict.REFUTED, "SIDE_EFFECT", "archive_mode is \"on\"");
        assertThat(claim(5, "clone-harmless").found()).contains("a process of type \"archiver\" runs");
        assertClaim(5, "archive-unchanged", Verdict.REFUTED, "SIDE_EFFECT", "00000002");
        assertThat(evidence.get(4).isolation()).containsEntry("archiving", "not-enforced");
    }

    @Test
    void aCloneWithWorkersOfTheSourceIsASideEffect() {
        assertClaim(6, "clone-harmless", Verdict.REFUTED, "SIDE_EFFECT", "shared_preload_libraries is \"pg_prewarm\"");
        assertThat(claim(6, "clone-harmless").found())
                .contains("max_logical_replication_workers is \"4\"")
                .contains("a process of type \"logical replication launcher\" runs");
        assertThat(evidence.get(5).isolation())
                .containsEntry("preloads", "not-enforced")
                .containsEntry("logical-replication", "not-enforced");
    }

    @Test
    void withoutChecksumsThereIsNothingToProve() {
        assertClaim(7, "page-checksums: sound", Verdict.UNPROVEN, "NOTHING_TO_PROVE", "has no page checksums");
    }

    @Test
    void aGinIndexIsCheckedWhereAmcheckKnowsIt() {
        assertClaim(
                8,
                "structure: heaps and indexes",
                Verdict.REFUTED,
                "BACKUP_DAMAGED",
                "index public.things_gin in database postgres: invalid page in block 1");
    }

    @Test
    void anIndexOfAnotherCollationVersionIsNotCondemned() {
        assertClaim(
                9,
                "structure: heaps and indexes",
                Verdict.UNPROVEN,
                "ENGINE_CANNOT_JUDGE",
                "collation public.old of database postgres is of version 1 on the source and ");
    }
}
