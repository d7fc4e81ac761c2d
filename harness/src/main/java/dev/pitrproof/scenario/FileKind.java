package dev.pitrproof.scenario;

/** What a file is expected to hold, in the words of messages. */
enum FileKind {
    SCENARIO(
            "a scenario",
            "a scenario file",
            ScenarioFiles.HINT,
            "begin it with scenario: NAME, or copy a file from scenarios/"),
    CLAIMS("claims", "a claims file", "--claims=FILE names it", "begin it with prove:");

    private final String content;
    private final String file;
    private final String whereToFind;
    private final String howToBegin;

    FileKind(String content, String file, String whereToFind, String howToBegin) {
        this.content = content;
        this.file = file;
        this.whereToFind = whereToFind;
        this.howToBegin = howToBegin;
    }

    /** {@code a scenario}. */
    String content() {
        return content;
    }

    /** {@code a scenario file}. */
    String file() {
        return file;
    }

    /** For whoever named a file that is not there. */
    String whereToFind() {
        return whereToFind;
    }

    /** For whoever named an empty file. */
    String howToBegin() {
        return howToBegin;
    }
}
