package dev.pitrproof.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a learner's answers come from: a terminal, or lines that somebody wrote before. */
public final class Answers {

    /** There is no answer, or none that fits; the message is fit for a user. */
    public static final class Missing extends Exception {
        private static final long serialVersionUID = 1;

        private final String hint;

        Missing(String message, String hint) {
            super(message);
            this.hint = hint;
        }

        public String hint() {
            return hint;
        }
    }

    private final BufferedReader lines;
    private final String source;
    private final boolean interactive;
    private int line;

    /**
     * @param source their name in messages: {@code standard input}, or a file
     * @param interactive whether somebody types them, and can be asked again
     */
    public Answers(BufferedReader lines, String source, boolean interactive) {
        this.lines = lines;
        this.source = source;
        this.interactive = interactive;
    }

    /**
     * The next answer; empty lines and lines that begin with {@code #} are none.
     *
     * @param meant what an answer means; empty if it is none
     * @param expected what would be one, in words
     */
    <T> T next(Page page, String prompt, Function<String, Optional<T>> meant, String expected)
            throws IOException, Missing {
        while (true) {
            page.prompt(prompt);
            String read = read();
            if (read == null) {
                page.line();
                throw new Missing(
                        "there is no answer: " + source + " ended"
                                + (line == 0 ? " before the first one" : " behind line " + line) + ", expected "
                                + expected,
                        "run it on a terminal, or give an answer a line: --answers FILE, or on standard input");
            }
            if (!interactive) {
                page.out().println(read);
            }
            Optional<T> answer = meant.apply(read);
            if (answer.isPresent()) {
                return answer.get();
            }
            if (!interactive) {
                throw new Missing(
                        source + ", line " + line + ": found \"" + read + "\", expected " + expected,
                        "an answer is a line of its own; lines that begin with # are left out");
            }
            page.item("?", "Found \"" + read + "\", expected " + expected + ".");
        }
    }

    /** Whether the answer is yes; an empty line says so, too. */
    public boolean agrees(Page page, String question) throws IOException, Missing {
        return next(
                page,
                question,
                said -> switch (said.toLowerCase(Locale.ROOT)) {
                    case "", "y", "yes" -> Optional.of(true);
                    case "n", "no" -> Optional.of(false);
                    default -> Optional.empty();
                },
                "y or n");
    }

    private @Nullable String read() throws IOException {
        while (true) {
            String read = lines.readLine();
            if (read == null) {
                return null;
            }
            line++;
            String text = read.strip();
            if (interactive || (!text.isEmpty() && !text.startsWith("#"))) {
                return text;
            }
        }
    }
}
