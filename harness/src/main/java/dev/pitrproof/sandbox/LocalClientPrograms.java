package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where PostgreSQL's client programs are on this machine: beside the server's own; else in a place where packages put
 * those of the same major or a newer one, the nearest first; else on the {@code PATH}. An older {@code pg_dump} refuses a
 * newer server.
 *
 * @param directory where they are
 * @param version as {@code pg_dump} says it
 */
record LocalClientPrograms(Path directory, String version) {

    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)(?:\\.\\d+|[a-z]+\\d*)");

    /** Finds them for a server; empty if there are none that could ask it. */
    static Optional<LocalClientPrograms> find(PostgresBinaries server) throws IOException {
        int major = server.release().major();
        Optional<LocalClientPrograms> own = in(server.directory(), major);
        return own.isPresent() ? own : find(major);
    }

    /** The same without looking beside a server that is in none of the usual places. */
    static Optional<LocalClientPrograms> find(int major) throws IOException {
        Stream<Path> places = Stream.concat(
                InstalledPostgres.placesFrom(major).stream(),
                Subprocess.which(ClientPrograms.NEEDED.get(0)).map(Path::getParent).stream());
        for (Path place : places.distinct().toList()) {
            Optional<LocalClientPrograms> found = in(place, major);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<LocalClientPrograms> in(Path directory, int major) throws IOException {
        for (String program : ClientPrograms.NEEDED) {
            if (!Files.isExecutable(directory.resolve(program))) {
                return Optional.empty();
            }
        }
        String said = Subprocess.run(
                        List.of(directory.resolve(ClientPrograms.NEEDED.get(0)).toString(), "--version"))
                .lastLine();
        Matcher version = VERSION.matcher(said);
        return version.find() && Integer.parseInt(version.group(1)) >= major
                ? Optional.of(new LocalClientPrograms(directory, said))
                : Optional.empty();
    }

    /** There are none. */
    static SandboxException missing(int major) {
        return new SandboxException(
                SandboxException.Kind.CANNOT_JUDGE,
                "there is no pg_dump of PostgreSQL " + major + " or newer on this machine",
                "install postgresql-client-" + major + ", or run with --sandbox=container, whose images have it",
                null);
    }
}
