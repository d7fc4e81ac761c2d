package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.sandbox.PostgresBinaries;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL that lacks something, or sorts otherwise than the source's, must not condemn a backup. */
@SuppressWarnings("NullAway.Init") // set before all tests
class LackingEngineTest {

    private static final int MAJOR = 18;
    private static final String AMCHECK = "structure: heaps and indexes";
    private static final String ICU = "'\"und-x-icu\"'::regcollation";

    @TempDir
    private static Path scratch;

    private static RecoverySource source;
    private static Path backup;
    private static long sameVersion;
    private static long otherVersion;
    private static long built;

    @BeforeAll
    static void play() throws Exception {
        source = RecoverySource.start(MAJOR, Map.of());
        source.sql(
                "CREATE TABLE names (a text)",
                "INSERT INTO names SELECT chr(65 + g) || g FROM generate_series(0, 25) g",
                "INSERT INTO names SELECT chr(97 + g) || g FROM generate_series(0, 25) g");
        backup = source.backUp("backup");
        source.sql(
                "CREATE INDEX sorted ON names (a COLLATE \"C\")",
                // in an order that is not the collation's: what is left when a new version of a library sorts otherwise
                "UPDATE pg_attribute SET attcollation = " + ICU + " WHERE attrelid = 'sorted'::regclass",
                "UPDATE pg_index SET indcollation = (" + ICU
                        + "::oid::text)::oidvector WHERE indexrelid = 'sorted'::regclass");
        sameVersion = mark();
        source.sql("UPDATE pg_collation SET collversion = '1.0' WHERE oid = " + ICU);
        otherVersion = mark();
        source.sql("DROP INDEX sorted", "CREATE INDEX sorted_here ON names (a COLLATE \"und-x-icu\")");
        built = mark();
        source.archiveAll();
    }

    private static long mark() throws Exception {
        return Long.parseLong(source.query("SELECT pg_current_xact_id()::text"));
    }

    @AfterAll
    static void remove() throws Exception {
        source.close();
    }

    private static ProveRun prove(long xid, String... more) throws Exception {
        List<String> options = new ArrayList<>(List.of(more));
        options.add("--target-xid=" + xid);
        return ProveRun.run(backup, source.archive(), Files.createTempDirectory(scratch, "out"), options);
    }

    @Test
    void anIndexInAnOrderThatAnotherVersionOfALibraryHadIsNoDamage() throws Exception {
        ProveRun same = prove(sameVersion).isRefuted(FindingCode.BACKUP_DAMAGED, "index public.sorted in database");
        ProveRun other = prove(otherVersion)
                .isUnproven(
                        FindingCode.ENGINE_CANNOT_JUDGE,
                        "index public.sorted in database",
                        "of database postgres is of version 1.0 on the source and ");
        ProveRun sound = prove(built);

        assertThat(same.claim(AMCHECK).verdict()).isEqualTo(Verdict.REFUTED);
        assertThat(other.claim("target-reached").verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(sound.code()).as(sound.out()).isZero();
    }

    @Test
    void withoutAmcheckNobodyTellsWhetherIndexesAreInOrder() throws Exception {
        ProveRun lacking = prove(built, "--pg-bin=" + withoutAmcheck())
                .isUnproven(FindingCode.ENGINE_CANNOT_JUDGE, "no amcheck: ", "contrib modules");

        Claim rows = lacking.claim("structure: rows");
        assertThat(rows.verdict()).isEqualTo(Verdict.PROVEN);
        assertThat(lacking.claim(AMCHECK).code()).isEqualTo(FindingCode.ENGINE_CANNOT_JUDGE.name());
        assertThat(lacking.claim("target-reached").verdict()).isEqualTo(Verdict.PROVEN);
    }

    /** The same programs, with a directory of extensions beside them that has no such one. */
    private static Path withoutAmcheck() throws Exception {
        Path programs = PostgresBinaries.find(MAJOR, null, message -> {}).directory();
        Path whole = Objects.requireNonNull(programs.getParent());
        assertThat(whole.resolve("share/postgresql/extension/amcheck.control")).exists();
        Path lacking = source.newPath("lacking");
        try (Stream<Path> all = Files.walk(whole)) {
            for (Path file : all.toList()) {
                if (!String.valueOf(file.getFileName()).startsWith("amcheck")) {
                    Files.copy(
                            file,
                            lacking.resolve(whole.relativize(file).toString()),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            LinkOption.NOFOLLOW_LINKS);
                }
            }
        }
        return lacking.resolve("bin");
    }
}
