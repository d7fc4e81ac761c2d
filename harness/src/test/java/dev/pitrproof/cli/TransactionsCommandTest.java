package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.RecordedWal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

@ExtendWith(RecordedWal.Resolver.class)
class TransactionsCommandTest {

    private record Outcome(int code, String out, String err) {
        List<JsonNode> json() {
            ObjectMapper mapper = new ObjectMapper();
            return out.lines().map(mapper::readTree).toList();
        }
    }

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    private static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new TransactionsCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }

    private Path copy(Path archive) throws IOException {
        Path copy = Files.createDirectory(directory.resolve("copy"));
        try (Stream<Path> files = Files.list(archive)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, copy.resolve(String.valueOf(file.getFileName())));
            }
        }
        return copy;
    }

    private static List<Path> segments(Path archive, String timeline) throws IOException {
        try (Stream<Path> files = Files.list(archive)) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches(timeline + "[0-9A-F]{16}"))
                    .sorted()
                    .toList();
        }
    }

    private static Outcome plain(Path archive) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = TransactionListing.ofAll(archive, new PrintWriter(out), new PrintWriter(err));
        return new Outcome(code, out.toString(), err.toString());
    }

    @Test
    void theShortWayForACommandWithoutOptionsPrintsTheSame(RecordedWal wal) throws IOException {
        Path archive = copy(wal.archive());
        assertThat(plain(archive)).isEqualTo(run(archive.toString()));
        assertThat(plain(archive).out().lines()).hasSizeGreaterThan(20);

        Files.delete(segments(archive, "00000001").get(1));
        assertThat(plain(archive)).isEqualTo(run(archive.toString()));
        assertThat(plain(archive).code()).isEqualTo(1);

        Path nothing = directory.resolve("nothing");
        assertThat(plain(nothing)).isEqualTo(run(nothing.toString()));
        assertThat(plain(nothing).code()).isEqualTo(2);
    }

    @Test
    void writesTimesOfAnyYear() {
        for (String time : List.of(
                "2026-03-01T14:05:09.000001Z",
                "1999-12-31T23:59:59.999999Z",
                "0999-01-01T00:00:00.000000Z",
                "-0043-03-15T11:00:00.000000Z",
                "+294276-12-31T23:59:59.999999Z")) {
            StringWriter out = new StringWriter();
            TransactionLines lines = new TransactionLines.Json(new PrintWriter(out));
            lines.appendTime(Instant.parse(time));
            lines.flush();
            assertThat(out).hasToString(time);
        }
    }

    @Test
    void listsBothTimelinesOnce(RecordedWal wal) {
        Outcome outcome = run(wal.archive().toString(), "--json");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        List<JsonNode> ends = outcome.json();
        assertThat(ends.stream()
                        .map(end -> end.get("timeline").asInt() + " "
                                + end.get("lsn").asString()))
                .doesNotHaveDuplicates();
        assertThat(ends.stream().map(end -> end.get("timeline").asInt()))
                .contains(1, 2)
                .isSorted();
        assertThat(ends.stream().map(end -> end.get("kind").asString()))
                .contains("commit", "abort", "commit prepared", "abort prepared");
        assertThat(ends).allSatisfy(end -> {
            assertThat(end.get("xid").isNumber()).isTrue();
            assertThat(end.get("time").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        });
        assertThat(ends).anySatisfy(end -> assertThat(end.get("subxids")).hasSize(80));
        assertThat(ends).anySatisfy(end -> {
            assertThat(end.get("dropped")).hasSize(2);
            assertThat(end.get("removedFiles").get(0).asString()).matches("1663/\\d+/\\d+");
        });
        assertThat(ends)
                .anySatisfy(end -> assertThat(end.path("gid").asString()).isEqualTo("it's \"two\" phases"));
    }

    @Test
    void alignsColumnsForPeople(RecordedWal wal) {
        Outcome outcome = run(wal.archive().toString());

        List<String> lines = outcome.out().lines().toList();
        int kind = lines.get(0).indexOf("KIND");
        assertThat(lines.get(0)).matches("LSN +END +XID +TIME +KIND +TIMELINE");
        assertThat(lines.subList(1, lines.size()))
                .allSatisfy(line -> assertThat(line.substring(kind)).matches("(commit|abort)( prepared)? +[12]\\b.*"));
        assertThat(outcome.out()).contains(",… (80 in all)").contains("dropped ");
    }

    @Test
    void namesWhatWasDroppedAndTruncated(RecordedWal wal) {
        String data = String.valueOf(wal.crashedPgWal().getParent());

        Outcome people = run(wal.archive().toString(), "--backup", data);
        Outcome programs = run(wal.archive().toString(), "--backup", data, "--json");

        assertThat(people.err()).isEmpty();
        assertThat(people.out())
                .contains("truncated postgres.public.emptied")
                .containsPattern("dropped relation \\d+/\\d+,relation \\d+/\\d+\n")
                .contains("dropped database ");
        assertThat(programs.json()).anySatisfy(end -> {
            JsonNode relation = end.path("relations").path(0);
            assertThat(relation.path("what").asString()).isEqualTo("truncated");
            assertThat(relation.path("name").asString()).isEqualTo("emptied");
            assertThat(relation.path("schema").asString()).isEqualTo("public");
            assertThat(relation.path("kind").asString()).isEqualTo("r");
            assertThat(end.path("removedFiles").toString())
                    .contains(relation.path("file").asString());
        });
    }

    @Test
    void takesNamesFromAFile(RecordedWal wal) throws Exception {
        Outcome nameless = run(wal.archive().toString(), "--json");
        JsonNode dropped = nameless.json().stream()
                .filter(end -> end.path("dropped").size() == 2)
                .findFirst()
                .orElseThrow();
        String database = dropped.path("relations").path(0).path("databaseOid").toString();
        int oid = dropped.path("dropped").path(0).asInt();
        Path names = Files.writeString(
                directory.resolve("names.tsv"),
                database + "\tbooks\tpublic\t" + oid + "\tledger\tr\t1663\t" + oid + "\n");

        Outcome named = run(wal.archive().toString(), "--names", names.toString());

        assertThat(named.out()).contains("dropped books.public.ledger,relation " + database + "/");
        Files.writeString(names, "one column\n");
        assertThat(run(wal.archive().toString(), "--names", names.toString()))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "error: no names: line 1 of \"" + names
                                + "\": expected 8 columns separated by tabs, found 1\n"
                                + "HINT: leave it out to list the transactions without names\n"));
    }

    @Test
    void listsWhatLiesBetween(RecordedWal wal) {
        List<String> all = run(wal.archive().toString(), "--json", "--timeline", "1")
                .out()
                .lines()
                .toList();
        ObjectMapper mapper = new ObjectMapper();
        String from = mapper.readTree(all.get(10)).get("lsn").asString();
        String to = mapper.readTree(all.get(20)).get("lsn").asString();
        String fromTime = mapper.readTree(all.get(10)).get("time").asString();

        assertThat(run(wal.archive().toString(), "--json", "--timeline=1", "--from=" + from, "--to=" + to)
                        .out())
                .isEqualTo(String.join("\n", all.subList(10, 20)) + "\n");
        assertThat(run(wal.archive().toString(), "--json", "--from=" + fromTime).json())
                .isNotEmpty()
                .allSatisfy(end -> assertThat(end.get("time").asString()).isGreaterThanOrEqualTo(fromTime));
        assertThat(run(wal.archive().toString(), "--json", "--timeline", "2").json())
                .isNotEmpty()
                .allSatisfy(end -> assertThat(end.get("timeline").asInt()).isEqualTo(2));
        Outcome zoneless = run(wal.archive().toString(), "--from", "2026-03-01 14:00");
        assertThat(zoneless.code()).isEqualTo(2);
        assertThat(zoneless.err()).contains("time \"2026-03-01 14:00\" has no zone");
    }

    @Test
    void readsAPgWalDirectoryToItsEnd(RecordedWal wal) {
        Outcome outcome = run(wal.crashedPgWal().toString(), "--json");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.json()).isNotEmpty();
    }

    @Test
    void goesOnBehindAGapAndSaysSo(RecordedWal wal) throws Exception {
        Path copy = copy(wal.archive());
        List<Path> segments = segments(copy, "00000001");
        Path missing = segments.get(segments.size() - 2);
        Files.delete(missing);

        Outcome whole = run(wal.archive().toString(), "--json");
        Outcome outcome = run(copy.toString(), "--json");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err())
                .startsWith("error: segment " + missing.getFileName() + " is missing: reading goes on behind the gap");
        assertThat(outcome.err().lines()).hasSize(1);
        List<String> expected = whole.out().lines().toList();
        assertThat(outcome.out().lines().toList())
                .isSubsetOf(expected)
                .contains(expected.get(0), expected.get(expected.size() - 1));
    }

    @Test
    void printsWhatComesBeforeCorruptionThenSaysWhereItIs(RecordedWal wal) throws Exception {
        Path copy = copy(wal.archive());
        Path damaged = segments(copy, "00000001").get(5);
        byte[] content = Files.readAllBytes(damaged);
        content[200_000] ^= 1;
        Files.write(damaged, content);
        for (Path other : segments(copy, "00000002")) {
            Files.delete(other);
        }

        Outcome whole = run(wal.archive().toString(), "--json");
        Outcome outcome = run(copy.toString(), "--json");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err())
                .matches(
                        "error: invalid WAL at \\S+ in segment " + damaged.getFileName() + ": expected .*, found .*\n");
        assertThat(whole.out()).startsWith(outcome.out());
        assertThat(outcome.out()).isNotEmpty();
    }

    @Test
    void refusesAnotherClustersSegment(RecordedWal wal) throws Exception {
        Path copy = copy(wal.archive());
        Path foreign = segments(copy, "00000001").get(5);
        byte[] content = Files.readAllBytes(foreign);
        content[24] ^= 1;
        Files.write(foreign, content);

        Outcome outcome = run(copy.toString());

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("segment " + foreign.getFileName() + " is of another cluster");
    }

    @Test
    void saysWhatIsWrongWithTheDirectory() {
        assertThat(run(directory.resolve("none").toString()))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "error: \"" + directory.resolve("none") + "\" is not a directory\n"
                                + "HINT: name the directory that archive_command writes to, or a pg_wal directory\n"));
        Outcome empty = run(directory.toString());
        assertThat(empty.code()).isEqualTo(2);
        assertThat(empty.err()).startsWith("error: directory \"" + directory + "\" holds no WAL segments\nHINT: ");
        assertThat(run().code()).isEqualTo(2);
    }

    @Test
    void theRestoreScriptKeptAJournal(RecordedWal wal) throws Exception {
        Map<Boolean, List<String>> answers = Files.readAllLines(wal.journal()).stream()
                .collect(java.util.stream.Collectors.partitioningBy(line -> line.contains(" restored 1048576")));

        assertThat(answers.get(true)).isNotEmpty();
        assertThat(answers.get(false)).allMatch(line -> line.matches("\\S+ unknown 0"));
    }
}
