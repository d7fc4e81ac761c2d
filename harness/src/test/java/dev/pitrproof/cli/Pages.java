package dev.pitrproof.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The documentation: Markdown files, and the blocks of code in them. */
final class Pages {

    /** Where the pages are. */
    static final Path DIRECTORY = Path.of("docs");

    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("(?m)^```(.*)\\n((?:(?!```).*\\n)*)```$");

    private Pages() {}

    /**
     * A block of code.
     *
     * @param kind what stands behind its first fence, such as {@code yaml}
     */
    record Block(Path page, String kind, String text) {}

    /** The README, the pages, and the READMEs of the benchmarks. */
    static List<Path> all() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        for (Path directory : List.of(DIRECTORY, ROOT.resolve("bench"), ROOT.resolve("scenarios"))) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.filter(file -> file.toString().endsWith(".md")
                                && !file.toString().contains("/target/"))
                        .sorted()
                        .forEach(pages::add);
            }
        }
        return pages;
    }

    static List<Block> blocks() throws IOException {
        return all().stream().flatMap(page -> blocks(page).stream()).toList();
    }

    private static List<Block> blocks(Path page) {
        try {
            Matcher matcher = BLOCK.matcher(Files.readString(page));
            return matcher.results()
                    .map(block -> new Block(page, block.group(1), block.group(2)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The scenario that the scenarios page begins with. */
    static String firstScenario() {
        return blocks(DIRECTORY.resolve("scenarios.md")).stream()
                .filter(block -> block.kind().equals("yaml"))
                .findFirst()
                .orElseThrow()
                .text();
    }
}
