package dev.pitrproof.junit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A scenario of half a second, with a restore for each way to end. */
final class ShortScenario {

    static final String MAJOR = "17";

    private static final String TEXT = """
            scenario: %s
            about: A table is dropped at 00:05.
            tags: [quick]
            postgres: 14-18
            clock: { from: "00:00", to: "00:10", lasts: 500ms }
            source:
              setup: CREATE TABLE notes (note text)
              archive: command
            story:
              - at: "00:00"
                base-backup: { label: first, checkpoint: fast }
              - at: "00:02"
                sql: INSERT INTO notes VALUES ('kept')
              - at: "00:05"
                accident: { sql: DROP TABLE notes }
            restore:
              - from: first
                to: { time: "00:04" }
                prove:
                  - table-exists: notes
              - about: expects too much
                from: first
                to: { time: "00:06" }
                prove:
                  - table-exists: notes
              - about: expects too little
                from: first
                to: { time: "00:03" }
                expect: REFUTED DATA_DIFFERS
                prove:
                  - table-exists: notes
              - about: the twin
                from: first
                to: { time: "00:07" }
                expect: REFUTED DATA_DIFFERS
                prove:
                  - table-exists: notes
            """;

    private ShortScenario() {}

    static Path write(Path directory, String name) throws IOException {
        return Files.writeString(Files.createDirectories(directory).resolve(name + ".yaml"), TEXT.formatted(name));
    }

    /** With two mistakes, in the lines 1 and 5. */
    static Path writeInvalid(Path directory, String name) throws IOException {
        return Files.writeString(
                Files.createDirectories(directory).resolve(name + ".yaml"),
                TEXT.formatted("UPPER CASE").replace("to: \"00:10\"", "until: \"00:10\""));
    }
}
