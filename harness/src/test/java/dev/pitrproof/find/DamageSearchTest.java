package dev.pitrproof.find;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.backup.CatalogFiles;
import dev.pitrproof.wal.RelationNames;
import dev.pitrproof.wal.Removal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the WAL of real servers tells, with the names from their backups' files. */
class DamageSearchTest {

    private static final int NEWEST = 18;

    private static final String STORY = """
            VACUUM FULL kept;
            TRUNCATE emptied;
            INSERT INTO emptied VALUES (2);
            TRUNCATE emptied;
            CREATE TABLE newcomer (a int);
            DROP TABLE newcomer;
            DROP VIEW sales.rich;
            DROP MATERIALIZED VIEW sales.totals;
            BEGIN;
            DROP TABLE accounts;
            ROLLBACK;
            ALTER TABLE kept ALTER a TYPE bigint;
            DROP TABLE kept;
            DROP TABLE accounts;
            DROP DATABASE shop
            """;

    private static RelationNames names(DamagedSource source, List<String> notes) throws IOException {
        return CatalogFiles.read(source.backup().directory(), notes::add);
    }

    private static DamageSearch.Result search(DamagedSource source, RelationNames names, DamageFilter filter)
            throws IOException {
        try (DirectoryArchive archive = DirectoryArchive.open(source.archive())) {
            return DamageSearch.search(archive, names, filter, Optional.empty());
        }
    }

    /** Each moment's relations, oldest first, but for parts of others, which have no names if they are younger. */
    private static List<String> told(DamageSearch.Result result) {
        List<String> told = new ArrayList<>();
        for (Moment moment : result.moments()) {
            boolean named = moment.removals().get(0).name() != null;
            told.add(
                    0,
                    String.join(
                            ", ",
                            moment.removals().stream()
                                    .filter(removal -> !named
                                            || (removal.name() != null
                                                    && !removal.name().isPart()))
                                    .map(removal -> removal.what().words() + " " + removal)
                                    .map(words -> words.replaceAll("relation \\d+/\\d+", "relation N"))
                                    .toList()));
        }
        return told;
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 18})
    void everyDropAndTruncateIsToldFromARewrite(int major) throws Exception {
        try (DamagedSource source = DamagedSource.make(major, STORY)) {
            List<String> notes = new ArrayList<>();
            RelationNames names = names(source, notes);

            DamageSearch.Result result = search(source, names, new DamageFilter(null, false));

            assertThat(notes).isEmpty();
            assertThat(result.problems()).isEmpty();
            List<String> told = told(result);
            assertThat(told.subList(told.size() - 8, told.size()))
                    .containsExactly(
                            "truncated postgres.public.emptied",
                            "truncated postgres.public.emptied",
                            "dropped relation N",
                            "dropped postgres.sales.rich",
                            "dropped postgres.sales.totals",
                            "dropped postgres.public.kept",
                            "dropped postgres.public.accounts",
                            "dropped database shop");
            assertThat(result.rewrites()).as("VACUUM FULL, ALTER TABLE").isGreaterThanOrEqualTo(2);
            assertNamesAreThoseOfTheServer(source, names);
        }
    }

    @Test
    void before15ADropIsToldFromWhatMakesANewFile() throws Exception {
        try (DamagedSource source = DamagedSource.make(14, STORY)) {
            RelationNames names = names(source, new ArrayList<>());

            List<String> told = told(search(source, names, new DamageFilter(null, false)));

            assertThat(told.subList(told.size() - 8, told.size()))
                    .containsExactly(
                            "dropped, truncated or rewritten postgres.public.emptied",
                            "dropped, truncated or rewritten relation N, dropped, truncated or rewritten relation N,"
                                    + " dropped, truncated or rewritten relation N, dropped, truncated or rewritten relation N",
                            "dropped relation N",
                            "dropped postgres.sales.totals",
                            "dropped, truncated or rewritten relation N, dropped, truncated or rewritten relation N,"
                                    + " dropped, truncated or rewritten relation N, dropped, truncated or rewritten relation N",
                            "dropped relation N, dropped relation N, dropped relation N, dropped relation N",
                            "dropped postgres.public.accounts",
                            "dropped database shop");
            assertNamesAreThoseOfTheServer(source, names);
        }
    }

    @Test
    void truncateNamesItsTableWhereTheWalIsLogical() throws Exception {
        try (DamagedSource source = DamagedSource.make(14, "TRUNCATE emptied, kept", Map.of("wal_level", "logical"))) {
            DamageSearch.Result result =
                    search(source, names(source, new ArrayList<>()), new DamageFilter("emptied", false));

            assertThat(told(result))
                    .containsExactly("truncated postgres.public.emptied, truncated postgres.public.kept");
        }
    }

    @Test
    void anArchiveWithoutDamageHasNone() throws Exception {
        try (DamagedSource source = DamagedSource.make(NEWEST, DamagedSource.NO_DAMAGE)) {
            RelationNames names = names(source, new ArrayList<>());

            DamageSearch.Result result = search(source, names, new DamageFilter(null, false));

            assertThat(told(result)).isEmpty();
            assertThat(result.rewrites()).isGreaterThanOrEqualTo(5);
            assertThat(result.fileless()).isEqualTo(1);
            assertThat(told(search(source, names, new DamageFilter("accounts", false))))
                    .isEmpty();
            assertThat(search(source, names, new DamageFilter(null, true)).moments())
                    .hasSizeGreaterThanOrEqualTo(6)
                    .allSatisfy(moment -> assertThat(moment.removals()).isNotEmpty());
        }
    }

    @Test
    void aDamagedCatalogCostsNamesAndNothingElse() throws Exception {
        try (DamagedSource source = DamagedSource.make(NEWEST, DamagedSource.DROPPED_TABLE)) {
            RelationNames whole = names(source, new ArrayList<>());
            int files = 0;
            try (Stream<Path> all = Files.walk(source.backup().directory().resolve("base"))) {
                for (Path file : all.filter(Files::isRegularFile).toList()) {
                    byte[] bytes = Files.readAllBytes(file);
                    if (bytes.length >= 8192) {
                        bytes[19] = 0; // the page size in the first page's header
                        Files.write(file, bytes);
                        files++;
                    }
                }
            }
            assertThat(files).isPositive();
            List<String> notes = new ArrayList<>();

            RelationNames damaged = names(source, notes);
            DamageSearch.Result result = search(source, damaged, new DamageFilter(null, false));

            assertThat(notes).isNotEmpty().allMatch(note -> note.startsWith("1 pages of \""));
            assertThat(whole.isEmpty()).isFalse();
            Moment moment = result.moments().get(0);
            assertThat(moment.commit().xid()).isEqualTo(Integer.parseInt(source.xid(3)));
            assertThat(moment.removals()).isNotEmpty().allMatch(removal -> removal.what() == Removal.What.DROPPED);
        }
    }

    /** The catalog's files say what the server itself says: name, schema, kind and place of every relation. */
    private static void assertNamesAreThoseOfTheServer(DamagedSource source, RelationNames names) {
        assertThat(source.namesAtBackup().relations()).hasSizeGreaterThan(400).allSatisfy(expected -> assertThat(
                        names.byOid(expected.databaseOid(), expected.oid()))
                .contains(expected));
    }
}
