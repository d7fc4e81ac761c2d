package dev.pitrproof.sandbox;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL as a system's packages, or somebody's {@code make install}, leave it on a machine. */
final class InstalledPostgres {

    // Debian; Red Hat (PGDG); Alpine; SUSE; Homebrew on Apple's and on Intel's processors
    private static final List<String> BY_MAJOR = List.of(
            "/usr/lib/postgresql/%d/bin",
            "/usr/pgsql-%d/bin",
            "/usr/libexec/postgresql%d",
            "/usr/lib/postgresql%d/bin",
            "/opt/homebrew/opt/postgresql@%d/bin",
            "/usr/local/opt/postgresql@%d/bin");

    // the default prefix of a build from source, whatever its major
    private static final Path FROM_SOURCE = Path.of("/usr/local/pgsql/bin");

    private static final int OLDEST = 14;
    private static final int NEWEST = 18;

    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ((\\d+)(?:\\.\\d+|[a-z]+\\d*))");

    private static final Map<String, String> LIBRARY_OF_FEATURE =
            Map.of("lz4", "liblz4.", "zstd", "libzstd.", "icu", "libicui18n.", "ssl", "libssl.", "xml", "libxml2.");

    private InstalledPostgres() {}

    /** The directory of an installed PostgreSQL's programs. */
    static Optional<Path> find(int major) {
        for (String pattern : BY_MAJOR) {
            Path directory = Path.of(pattern.replace("%d", Integer.toString(major)));
            if (isServer(directory)) {
                return Optional.of(directory);
            }
        }
        return isServer(FROM_SOURCE) && versionLine(FROM_SOURCE).startsWith("postgres (PostgreSQL) " + major)
                ? Optional.of(FROM_SOURCE)
                : Optional.empty();
    }

    /** Where packages put the programs of a major and of the newer ones, whether they are there or not. */
    static List<Path> placesFrom(int major) {
        List<Path> places = new ArrayList<>();
        for (int newer = major; newer <= NEWEST; newer++) {
            for (String pattern : BY_MAJOR) {
                places.add(Path.of(pattern.replace("%d", Integer.toString(newer))));
            }
        }
        places.add(FROM_SOURCE);
        return places;
    }

    static Set<Integer> majors() {
        Set<Integer> majors = new TreeSet<>();
        for (int major = OLDEST; major <= NEWEST; major++) {
            if (find(major).isPresent()) {
                majors.add(major);
            }
        }
        return majors;
    }

    /** A client's package has the same directory, without the server. */
    private static boolean isServer(Path directory) {
        return Files.isExecutable(directory.resolve("postgres")) && Files.isExecutable(directory.resolve("initdb"));
    }

    /**
     * Says what PostgreSQL is in a directory. What was found is kept in the cache for as long as the program does not
     * change, because reading all of it takes longer than starting it.
     */
    static PostgresBinaries inspect(Path directory, BinariesCache cache) throws SandboxException {
        Path absolute = directory.toAbsolutePath().normalize();
        if (!isServer(absolute)) {
            throw SandboxException.environment(
                    "there is no PostgreSQL server in " + absolute + ": expected the programs postgres and initdb",
                    "name the directory that holds them, for example /usr/lib/postgresql/17/bin");
        }
        Path program = absolute.resolve("postgres");
        try {
            String key = program.toRealPath() + " " + Files.size(program) + " " + Files.getLastModifiedTime(program);
            Optional<Properties> known = cache.recall("installed", key);
            Properties facts = known.isPresent() ? known.get() : read(absolute);
            if (known.isEmpty()) {
                cache.remember("installed", key, facts);
            }
            return new PostgresBinaries(absolute, release(absolute, facts));
        } catch (SandboxException e) {
            throw e;
        } catch (IOException e) {
            throw SandboxException.environment(
                    "cannot read " + program + ": " + RunDirectory.reason(e), "check its permissions", e);
        }
    }

    private static PostgresRelease release(Path directory, Properties facts) {
        String features = facts.getProperty("features", "");
        return new PostgresRelease(
                Integer.parseInt(facts.getProperty("major")),
                facts.getProperty("version"),
                directory.toString(),
                facts.getProperty("sha256"),
                features.isEmpty() ? Set.of() : Set.of(features.split(",", -1)));
    }

    private static Properties read(Path directory) throws IOException {
        Path program = directory.resolve("postgres");
        String line = versionLine(directory);
        Matcher version = VERSION.matcher(line);
        if (!version.find()) {
            throw SandboxException.environment(
                    program + " does not run: \"" + line + "\", expected its version",
                    "check that it is built for this machine and that its libraries are there");
        }
        Properties facts = new Properties();
        facts.setProperty("major", version.group(2));
        facts.setProperty("version", version.group(1));
        facts.setProperty("sha256", sha256(program));
        facts.setProperty("features", String.join(",", features(program)));
        return facts;
    }

    private static String versionLine(Path directory) {
        try {
            return Subprocess.run(List.of(directory.resolve("postgres").toString(), "--version"))
                    .lastLine();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** The optional libraries a program is linked with, by their names in its dynamic section. */
    static Set<String> features(Path program) throws IOException {
        String bytes = new String(Files.readAllBytes(program), StandardCharsets.ISO_8859_1);
        Set<String> features = new TreeSet<>();
        LIBRARY_OF_FEATURE.forEach((feature, library) -> {
            if (bytes.contains(library)) {
                features.add(feature);
            }
        });
        return features;
    }

    static String sha256(Path file) throws IOException {
        try (InputStream input = new BufferedInputStream(Files.newInputStream(file))) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
