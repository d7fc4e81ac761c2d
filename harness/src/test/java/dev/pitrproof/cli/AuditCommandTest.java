package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.archive.Compressed;
import dev.pitrproof.wal.RecordedWal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Each fault in a copy of an archive that a real server wrote, and what the user sees of it. */
@ExtendWith(RecordedWal.Resolver.class)
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class AuditCommandTest {

    private record Outcome(int code, String out, String err) {
        List<JsonNode> events(String event) {
            ObjectMapper mapper = new ObjectMapper();
            return out.lines()
                    .map(mapper::readTree)
                    .filter(line -> line.get("event").asString().equals(event))
                    .toList();
        }

        List<String> findings() {
            return events("finding").stream()
                    .map(finding -> finding.get("kind").asString() + " "
                            + finding.get("first").asString().substring(0, 8)
                            + (finding.get("harmless").asBoolean() ? " harmless" : ""))
                    .toList();
        }
    }

    @TempDir
    Path directory;

    private Path archive;
    private List<Path> first;
    private List<Path> second;

    @BeforeEach
    void copy(RecordedWal wal) throws IOException {
        archive = Files.createDirectory(directory.resolve("copy"));
        try (Stream<Path> files = Files.list(wal.archive())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, archive.resolve(String.valueOf(file.getFileName())));
            }
        }
        first = segments("00000001");
        second = segments("00000002");
    }

    private List<Path> segments(String timeline) throws IOException {
        try (Stream<Path> files = Files.list(archive)) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches(timeline + "[0-9A-F]{16}"))
                    .sorted()
                    .toList();
        }
    }

    private static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }

    private Outcome json(String... more) {
        String[] arguments = Arrays.copyOf(new String[] {"audit", archive.toString(), "--json"}, 3 + more.length);
        System.arraycopy(more, 0, arguments, 3, more.length);
        return run(arguments);
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    private void flip(Path file, int... offsets) throws IOException {
        byte[] content = Files.readAllBytes(file);
        for (int offset : offsets) {
            content[offset] ^= 1;
        }
        Files.write(file, content);
    }

    /** The only finding is this one, and the exit code tells of damage. */
    private JsonNode assertFound(String kind, Path file) {
        Outcome outcome = json();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.events("finding")).as(outcome.out()).hasSize(1);
        JsonNode finding = outcome.events("finding").get(0);
        assertThat(finding.get("kind").asString()).isEqualTo(kind);
        assertThat(finding.get("first").asString()).isEqualTo(name(file).replaceFirst("\\.(gz|zst|lz4|partial)$", ""));
        assertThat(finding.get("costs").asString()).isNotBlank();
        assertThat(finding.get("hint").asString()).isNotBlank();
        assertThat(outcome.code()).isEqualTo(1);
        return finding;
    }

    @Test
    void aHealthyArchiveIsFine() {
        Outcome outcome = json();

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.findings()).isEmpty();
        assertThat(outcome.code()).isZero();
        JsonNode summary = outcome.events("audit").get(0);
        assertThat(summary.get("verdict").asString()).isEqualTo("fine");
        assertThat(summary.get("segments").asInt()).isEqualTo(first.size() + second.size());
        List<JsonNode> timelines = outcome.events("timeline");
        assertThat(timelines).hasSize(2);
        assertThat(timelines.get(1).get("parent").asInt()).isEqualTo(1);
        List<JsonNode> windows = outcome.events("window");
        assertThat(windows).hasSize(2);
        assertThat(windows.get(0).get("continuesParent").asBoolean()).isFalse();
        assertThat(windows.get(1).get("continuesParent").asBoolean()).isTrue();
    }

    @Test
    void theFirstLineIsTheConclusion() throws Exception {
        Outcome fine = run("audit", archive.toString());
        flip(first.get(5), 200_000);
        Outcome damaged = run("audit", archive.toString());

        assertThat(fine.out())
                .startsWith("OK: " + (first.size() + second.size()) + " segments of PostgreSQL 15, system ");
        assertThat(fine.out()).contains("\n  timeline 2, forked from 1 at ").contains("last provable commit: xid ");
        assertThat(damaged.out())
                .startsWith("DAMAGED, 1 finding: ")
                .contains("\ndamaged " + name(first.get(5)) + "\n  expected  ")
                .contains("\n  costs     recovery on timeline 1 ends at ")
                .contains("\n  HINT: ")
                .contains("base backup that ends inside it");
    }

    @Test
    void theLastProvableCommitIsTheOneTransactionsLists() throws Exception {
        flip(first.get(5), 200_000);
        for (Path file : second) {
            Files.delete(file);
        }
        Files.delete(archive.resolve("00000002.history"));
        JsonNode window = json().events("window").get(0);
        String listed = run("transactions", archive.toString(), "--json")
                .out()
                .lines()
                .filter(line -> line.contains("\"kind\":\"commit"))
                .reduce((older, newer) -> newer)
                .orElseThrow();

        JsonNode commit = new ObjectMapper().readTree(listed);
        assertThat(window.get("lastCommit").get("xid").asLong())
                .isEqualTo(commit.get("xid").asLong());
        assertThat(window.get("lastCommit").get("lsn").asString())
                .isEqualTo(commit.get("lsn").asString());
    }

    @Test
    void missing() throws Exception {
        Files.delete(first.get(4));
        Files.delete(first.get(5));

        JsonNode finding = assertFound("missing", first.get(4));

        assertThat(finding.get("last").asString()).isEqualTo(name(first.get(5)));
        assertThat(finding.get("files").asInt()).isEqualTo(2);
        assertThat(json().events("window")).hasSize(3);
    }

    @Test
    void theOldestAreNotMissed() throws Exception {
        Files.delete(first.get(0));
        Files.delete(first.get(1));

        assertThat(json().code()).isZero();
    }

    @Test
    void theFirstOfATimelineIsMissed() throws Exception {
        Files.delete(second.get(0));

        assertFound("missing", second.get(0));
    }

    @Test
    void truncated() throws Exception {
        byte[] content = Files.readAllBytes(first.get(5));
        Files.write(first.get(5), Arrays.copyOf(content, 500_000));

        assertFound("truncated", first.get(5));
    }

    @Test
    void truncatedThoughCompressed() throws Exception {
        for (String suffix : List.of(".gz", ".zst", ".lz4")) {
            Path compressed = Compressed.replace(first.get(5), suffix);
            byte[] whole = Files.readAllBytes(compressed);
            byte[] content = Files.readAllBytes(first.get(4));
            assertThat(json().code()).as(suffix).isZero();

            Files.write(compressed, Arrays.copyOf(whole, whole.length - 4_000));
            assertFound("truncated", compressed);

            Files.delete(compressed);
            Files.write(first.get(5), content); // replaced in the next round
            restore(first.get(5));
        }
    }

    private Path original;

    @BeforeEach
    void remember(RecordedWal wal) {
        original = wal.archive();
    }

    private void restore(Path file) throws IOException {
        Files.write(file, Files.readAllBytes(original.resolve(name(file))));
    }

    @Test
    void empty() throws Exception {
        Files.write(first.get(5), new byte[0]);
        assertFound("empty", first.get(5));
        Files.write(first.get(5), new byte[1 << 20]);
        assertFound("empty", first.get(5));
    }

    @Test
    void recycled() throws Exception {
        Files.write(first.get(5), Files.readAllBytes(first.get(3)));

        JsonNode finding = assertFound("recycled", first.get(5));

        assertThat(finding.get("found").asString()).contains("holds the WAL from");
    }

    /** The first segment is the foreign one: that must not make all the others so. */
    @Test
    void foreign() throws Exception {
        flip(first.get(0), 24);

        assertFound("foreign", first.get(0));
    }

    @Test
    void damagedRecordsLinksAndPageHeaders() throws Exception {
        for (int offset : new int[] {200_000, 81_920 + 8, 0, 300_000}) {
            flip(first.get(6), offset);
            assertFound("damaged", first.get(6));
            restore(first.get(6));
        }
    }

    @Test
    void duplicateOfTheSameContentIsHarmless() throws Exception {
        Path copy = first.get(5).resolveSibling("other");
        Files.copy(first.get(5), copy);
        byte[] compressed = Files.readAllBytes(Compressed.replace(copy, ".zst"));
        Files.delete(archive.resolve("other.zst"));
        Path twin = Files.write(archive.resolve(name(first.get(5)) + ".zst"), compressed);

        Outcome same = json();
        assertThat(same.findings()).containsExactly("duplicate 00000001 harmless");
        assertThat(same.code()).isZero();

        Files.write(twin, Arrays.copyOf(compressed, compressed.length / 2));
        Outcome other = json();
        assertThat(other.findings()).containsExactly("duplicate 00000001");
        assertThat(other.code()).isEqualTo(1);
    }

    @Test
    void aPartialSegmentIsReadAtTheEndAndMissedInTheMiddle() throws Exception {
        Path last = second.get(second.size() - 1);
        Files.move(last, archive.resolve(name(last) + ".partial"));
        Outcome atTheEnd = json();
        assertThat(atTheEnd.findings()).isEmpty();
        assertThat(atTheEnd.events("timeline").get(1).get("partial").asBoolean())
                .isTrue();

        Files.move(first.get(5), archive.resolve(name(first.get(5)) + ".partial"));
        assertThat(assertFound("missing", first.get(5)).get("found").asString())
                .isEqualTo("only " + name(first.get(5)) + ".partial is there");
    }

    @Test
    void historyFiles() throws Exception {
        Path history = archive.resolve("00000002.history");
        String text = Files.readString(history);

        Files.delete(history);
        assertFound("missing", history);
        Files.writeString(history, "");
        assertFound("empty", history);
        Files.writeString(history, "garbage\n");
        assertFound("damaged", history);
        String switchpoint = text.split("\t", -1)[1];
        String wrong = Long.toHexString(Long.parseLong(switchpoint.substring(2), 16) - 0x38);
        Files.writeString(history, text.replace(switchpoint, "0/" + wrong));
        assertThat(assertFound("damaged", history).get("expected").asString())
                .contains("timeline 1 left at " + switchpoint);
        Files.writeString(history, text);
        Files.writeString(archive.resolve("00000005.history"), text + "4\tF/0\tnone\n");
        assertFound("missing", archive.resolve("00000004.history"));
    }

    @Test
    void unreadableIsNotDamaged() throws Exception {
        for (Path file : List.of(first.get(0), first.get(5))) {
            Files.delete(file);
            Files.createSymbolicLink(file, Path.of("/proc/self/mem")); // even root cannot read it at 0

            Outcome outcome = json();

            assertThat(outcome.findings()).containsExactly("unreadable 00000001");
            assertThat(outcome.code()).isEqualTo(3);
            assertThat(outcome.events("audit").get(0).get("verdict").asString()).isEqualTo("unchecked");
            Files.delete(file);
            restore(file);
        }
    }

    @Test
    void aKnownFindingDoesNotFailAndARottenLineIsReported() throws Exception {
        Files.delete(first.get(4));
        Files.delete(first.get(5));
        String tail = name(first.get(5)).substring(22);
        Path known = Files.writeString(
                directory.resolve("known"),
                "# what we know\nmissing " + name(first.get(4)) + ".." + tail + "  # disk replaced\n\nempty "
                        + name(first.get(7)) + "\n");

        Outcome outcome = json("--acknowledged", known.toString());
        Outcome text = run("audit", archive.toString(), "--acknowledged", known.toString());

        assertThat(outcome.code()).isZero();
        assertThat(outcome.events("audit").get(0).get("verdict").asString()).isEqualTo("acknowledged");
        assertThat(outcome.events("stale").get(0).get("line").asInt()).isEqualTo(4);
        assertThat(text.out())
                .startsWith("OK, 1 acknowledged, 1 stale acknowledgement: ")
                .contains("stale acknowledgement, line 4: empty " + name(first.get(7)));

        Files.delete(first.get(6));
        assertThat(json("--acknowledged", known.toString()).code())
                .as("the gap has grown")
                .isEqualTo(1);
    }

    @Test
    void aMalformedLineIsNamed() throws Exception {
        Path known = Files.writeString(
                directory.resolve("known"), "lost 000000010000000000000010\nmissing 0000001\nmissing\n");

        Outcome outcome = json("--acknowledged", known.toString());

        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines().filter(line -> !line.startsWith("HINT: ")))
                .containsExactly(
                        known + ":1:1: error: unknown finding \"lost\"",
                        known + ":2:9: error: \"0000001\" is not the name of a segment or history file",
                        known + ":3:8: error: no name behind \"missing\"");
        assertThat(json("--acknowledged", "/nowhere").code()).isEqualTo(2);
    }

    @Test
    void whatIsNoArchiveCannotBeAudited() throws Exception {
        Outcome nowhere = run("audit", "/nowhere");
        assertThat(nowhere.code()).isEqualTo(2);
        assertThat(nowhere.err()).startsWith("pitrproof: error: \"/nowhere\" is not a directory\nHINT: ");
        Outcome empty =
                run("audit", Files.createDirectory(directory.resolve("empty")).toString());
        assertThat(empty.code()).isEqualTo(2);
        assertThat(run("audit").code()).isEqualTo(2);
    }
}
