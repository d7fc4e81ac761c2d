package dev.pitrproof.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's programs in an image, run by our own entry script (container-entry.sh), which finds them there.
 *
 * @param userMapping what the engine is told about users; null for its default
 */
record ContainerPrograms(
        ContainerClient client,
        ContainerImage image,
        int major,
        ServerUser user,
        @Nullable String userMapping,
        RunDirectory run) {

    private static final String ENTRY = "container-entry.sh";
    private static final String PASSWD = "container-passwd";
    private static final int NOT_FOUND = 127;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+(?:\\.\\d+|[a-z]+\\d*))");

    /** Writes what every container of the run needs into the run's directory. */
    void prepare() throws IOException {
        try (InputStream script = Objects.requireNonNull(ContainerPrograms.class.getResourceAsStream(ENTRY))) {
            Files.copy(script, run.path().resolve(ENTRY));
        }
        // the image does not know the number that servers run as, and initdb and whoami want a name for it
        Files.writeString(
                run.path().resolve(PASSWD),
                "root:x:0:0::/:/bin/sh\npostgres:x:" + user.uid() + ":" + user.gid() + "::/tmp:/bin/sh\n");
        for (String file : List.of(ENTRY, PASSWD)) {
            Files.setPosixFilePermissions(run.path().resolve(file), PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    /**
     * Starts a program.
     *
     * @param log where its output goes, in a directory that is among {@code mounts}
     * @param mounts paths that are the same here and there, and whether they can be written to
     */
    ContainerRun start(Path log, List<String> command, Map<Path, Boolean> mounts) throws IOException {
        Files.createFile(log);
        run.makePrivate(log);
        Map<Path, PostgresContainer.Mounted> mounted = new LinkedHashMap<>();
        mounts.forEach((path, writable) -> mounted.put(path, new PostgresContainer.Mounted(path, writable)));
        Path entry = run.path().resolve(ENTRY);
        mounted.put(entry, new PostgresContainer.Mounted(entry, false));
        mounted.put(
                Path.of("/etc/passwd"), new PostgresContainer.Mounted(run.path().resolve(PASSWD), false));
        List<String> entrypoint = List.of(
                "sh",
                entry.toString(),
                Integer.toString(major),
                Long.toString(client.lifetime().toSeconds()),
                log.toString());
        return client.start(new PostgresContainer.Plan(
                image,
                entrypoint,
                command,
                user.uid() + ":" + user.gid(),
                userMapping,
                mounted,
                client.labels(),
                run.path()));
    }

    /** Runs a program to its end. */
    Subprocess.Result run(Path log, List<String> command, Map<Path, Boolean> mounts) throws IOException {
        ContainerRun program = start(log, command, mounts);
        try {
            int exitCode = program.awaitEnd(PATIENCE)
                    .orElseThrow(() -> new SandboxException(
                            SandboxException.Kind.TIMEOUT,
                            command.get(0) + " has not ended after " + PATIENCE.toSeconds() + " s",
                            null,
                            null));
            return new Subprocess.Result(exitCode, Files.readString(log));
        } finally {
            program.remove();
        }
    }

    /**
     * Which PostgreSQL is in the image. The answer is kept in the cache for as long as the image has the same digest.
     *
     * @throws SandboxException {@code ENVIRONMENT} if there is none, or one of another major
     */
    PostgresRelease release(BinariesCache cache) throws IOException {
        String key = image.id() + " " + major;
        Properties facts = cache.recall("image", key).orElseGet(Properties::new);
        if (facts.isEmpty()) {
            facts = inspect();
            cache.remember("image", key, facts);
        }
        String features = facts.getProperty("features", "");
        return new PostgresRelease(
                major,
                facts.getProperty("version"),
                "image " + image.name(),
                facts.getProperty("sha256"),
                features.isEmpty() ? Set.of() : Set.of(features.split(",", -1)),
                image.reference());
    }

    private Properties inspect() throws IOException {
        Path directory = run.createPrivate(run.path().resolve("image"));
        Subprocess.Result result = run(directory.resolve("inspect.log"), List.of("inspect"), Map.of(directory, true));
        Matcher version = VERSION.matcher(result.output());
        if (!result.succeeded() || !version.find()) {
            throw SandboxException.environment(
                    "the image " + image.name() + " is no image of PostgreSQL " + major + ": "
                            + (result.exitCode() == NOT_FOUND ? "it has no such server" : result.lastLine()),
                    "name another one by --image, or another version by --postgres");
        }
        Set<String> features = new TreeSet<>(values(result, "feature").toList());
        Properties facts = new Properties();
        facts.setProperty("version", version.group(1));
        facts.setProperty(
                "sha256", values(result, "sha256").findFirst().orElse("").replaceFirst(" .*", ""));
        facts.setProperty("features", String.join(",", features));
        RunDirectory.remove(directory);
        return facts;
    }

    private static Stream<String> values(Subprocess.Result result, String name) {
        return result.output()
                .lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1));
    }
}
