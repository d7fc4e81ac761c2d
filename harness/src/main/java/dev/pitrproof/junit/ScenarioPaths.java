package dev.pitrproof.junit;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Paths as unique ids name them: relative to the working directory where they can be, with {@code /} between names on
 * every system, so that an id is the same on all machines that check the project out.
 */
final class ScenarioPaths {

    private ScenarioPaths() {}

    /**
     * The path as users see it, in its shortest form: relative, but absolute where it has nothing in common with the
     * working directory.
     */
    static Path relative(Path path) {
        Path here = Path.of("").toAbsolutePath().normalize();
        Path absolute = path.toAbsolutePath().normalize();
        boolean akin = here.getRoot().equals(absolute.getRoot())
                && here.getNameCount() > 0
                && absolute.startsWith(here.getRoot().resolve(here.getName(0)));
        return akin ? here.relativize(absolute) : absolute;
    }

    static String inId(Path path) {
        return path.toString().replace(FileSystems.getDefault().getSeparator(), "/");
    }

    static boolean isScenario(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }
}
