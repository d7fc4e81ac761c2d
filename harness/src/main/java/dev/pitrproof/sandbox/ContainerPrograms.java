package dev.pitrproof.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
 * @param volumes where the engine does not see this machine's directories; null where it does
 */
record ContainerPrograms(
        ContainerClient client,
        ContainerImage image,
        int major,
        ServerUser user,
        @Nullable String userMapping,
        RunDirectory run,
        @Nullable ContainerVolumes volumes) {

    /**
     * What is known of an image.
     *
     * @param owner number and group of a user that it knows and that is not root
     */
    record Known(PostgresRelease release, String owner) {}

    private static final String ENTRY = "container-entry.sh";
    private static final String PASSWD = "container-passwd";
    private static final int NOT_FOUND = 127;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+(?:\\.\\d+|[a-z]+\\d*))");

    /** Writes what every container of the run needs into the run's directory. */
    void prepare() throws IOException {
        // the image does not know the number that servers run as, and initdb and whoami want a name for it
        Path passwd = Files.writeString(
                run.path().resolve(PASSWD),
                "root:x:0:0::/:/bin/sh\npostgres:x:" + user.uid() + ":" + user.gid() + "::/tmp:/bin/sh\n");
        Files.setPosixFilePermissions(passwd, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** The same with another owner of what is copied to containers. */
    ContainerPrograms ownedBy(String owner) {
        return new ContainerPrograms(
                client, image, major, user, userMapping, run, volumes == null ? null : volumes.ownedBy(owner));
    }

    /**
     * Starts a program.
     *
     * @param log where its output goes, in a directory that is among {@code mounts}
     * @param mounts paths that are the same here and there, and whether they can be written to
     * @param kept those of them that are as the last program left them; for engines that see them, all are
     */
    ContainerRun start(Path log, List<String> command, Map<Path, Boolean> mounts, Set<Path> kept) throws IOException {
        Files.createFile(log);
        run.makePrivate(log);
        Map<Path, PostgresContainer.Mounted> mounted = new LinkedHashMap<>();
        if (volumes == null) {
            mounts.forEach((path, writable) -> mounted.put(path, PostgresContainer.Mounted.directory(path, writable)));
            mounted.put(
                    Path.of("/etc/passwd"),
                    PostgresContainer.Mounted.directory(run.path().resolve(PASSWD), false));
        } else {
            mounted.putAll(volumes.fill(mounts, kept));
        }
        // not as a file in the directory, which not every engine sees
        List<String> entrypoint = List.of(
                "sh",
                "-c",
                entryScript(),
                "container-entry",
                Integer.toString(major),
                Long.toString(client.lifetime().toSeconds()),
                volumes == null ? log.toString() : "-");
        return client.start(new PostgresContainer.Plan(
                image,
                entrypoint,
                command,
                volumes == null ? user.uid() + ":" + user.gid() : volumes.owner(),
                userMapping,
                mounted,
                client.labels(),
                run.path(),
                volumes == null ? null : log));
    }

    private static String entryScript() throws IOException {
        try (InputStream script = Objects.requireNonNull(ContainerPrograms.class.getResourceAsStream(ENTRY))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Runs a program to its end. */
    Subprocess.Result run(Path log, List<String> command, Map<Path, Boolean> mounts) throws IOException {
        ContainerRun program = start(log, command, mounts, Set.of());
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
    Known known(BinariesCache cache) throws IOException {
        // what the image knows of users cannot be seen where a file of ours covers it
        String key = image.id() + " " + major + (volumes == null ? "" : " copied");
        Properties facts = cache.recall("image", key).orElseGet(Properties::new);
        if (facts.isEmpty()) {
            facts = inspect();
            cache.remember("image", key, facts);
        }
        String features = facts.getProperty("features", "");
        String owner = facts.getProperty("owner", "");
        if (volumes != null && (owner.isEmpty() || facts.getProperty("bash", "").isEmpty())) {
            throw SandboxException.environment(
                    "the image " + image.name() + " has no " + (owner.isEmpty() ? "user nobody" : "bash")
                            + ", which an engine that does not see this machine's directories needs",
                    "name another one by --image (the official ones have it), or use --sandbox=process");
        }
        PostgresRelease release = new PostgresRelease(
                major,
                facts.getProperty("version"),
                "image " + image.name(),
                facts.getProperty("sha256"),
                features.isEmpty() ? Set.of() : Set.of(features.split(",", -1)),
                image.reference());
        return new Known(release, owner);
    }

    private Properties inspect() throws IOException {
        Path directory = run.createPrivate(run.path().resolve("image"));
        Subprocess.Result result = run(
                directory.resolve("inspect.log"),
                List.of("inspect"),
                volumes == null ? Map.of(directory, true) : Map.of());
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
        facts.setProperty("sha256", value(result, "sha256").replaceFirst(" .*", ""));
        facts.setProperty("features", String.join(",", features));
        facts.setProperty("owner", value(result, "owner"));
        facts.setProperty("bash", value(result, "bash"));
        RunDirectory.remove(directory);
        return facts;
    }

    private static String value(Subprocess.Result result, String name) {
        return values(result, name).findFirst().orElse("");
    }

    private static Stream<String> values(Subprocess.Result result, String name) {
        return result.output()
                .lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1));
    }
}
