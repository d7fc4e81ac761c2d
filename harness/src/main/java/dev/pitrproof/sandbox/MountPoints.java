package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is mounted below a directory (Linux; elsewhere this program mounts nothing). */
final class MountPoints {

    private static final Path TABLE = Path.of("/proc/self/mounts");
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private MountPoints() {}

    /** The mount points below a directory, the last mounted first; empty where there is no such directory. */
    static List<Path> below(Path directory) throws IOException {
        Path real;
        try {
            real = directory.toRealPath();
        } catch (NoSuchFileException e) {
            return List.of();
        }
        List<Path> points = new ArrayList<>(all());
        points.removeIf(point -> !point.startsWith(real) || point.equals(real));
        Collections.reverse(points);
        return points;
    }

    private static List<Path> all() throws IOException {
        List<Path> points = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(TABLE, StandardCharsets.UTF_8)) {
                points.add(Path.of(decoded(line.split(" ", 3)[1])));
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return points;
    }

    /** Blanks, tabs, line ends and backslashes are written as three octal digits (proc(5)). */
    private static String decoded(String field) {
        return OCTAL.matcher(field)
                .replaceAll(
                        match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 8))));
    }

    /**
     * Takes away all that is mounted below a directory, whoever still uses it.
     *
     * @throws SandboxException if something stays
     */
    static void detachBelow(Path directory) throws IOException {
        for (Path point : below(directory)) {
            detach(point);
        }
    }

    /** Takes one mount away, unless somebody else has; the path is without links. */
    static void detach(Path point) throws IOException {
        // lazy: a server that is just dying may still have files open, and must not keep the rest from being removed
        Subprocess.Result result = Subprocess.run(List.of("umount", "-l", point.toString()));
        if (!result.succeeded() && all().contains(point)) {
            throw SandboxException.environment(
                    "cannot unmount " + point + ": " + result.lastLine(), "unmount it by hand: umount -l " + point);
        }
    }
}
