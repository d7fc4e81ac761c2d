package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.backup.BackupCopy;
import dev.pitrproof.replication.LocalServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Backups by pg_basebackup, what befalls them, and what a user sees of it. */
class VerifybackupCommandTest {

    private static final String SUMMARY = ": \\d+ files, \\d+\\.\\d MB in \\d+\\.\\d s";

    private record Outcome(int code, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }

        String lastLine() {
            return lines().get(lines().size() - 1);
        }
    }

    private static LocalServer server;
    private static Path plain;
    private static Path tar;

    private Path temporary;

    @BeforeAll
    static void takeBackups() throws IOException {
        server = LocalServer.start();
        plain = server.pgBasebackup("plain", "-Fp");
        tar = server.pgBasebackup("tar", "-Ft", "-z");
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void name(@TempDir Path directory) {
        temporary = directory;
    }

    private BackupCopy copy() throws IOException {
        return BackupCopy.of(plain, temporary.resolve("copy"));
    }

    private static Outcome run(Path backup, String... options) {
        List<String> arguments = new ArrayList<>(List.of("verifybackup", backup.toString()));
        arguments.addAll(Arrays.asList(options));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
                .execute(arguments.toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    private static String segment(Path backup) throws IOException {
        try (Stream<Path> files = Files.list(backup.resolve("pg_wal"))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches("[0-9A-F]{24}"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Inside the first record of a segment that begins with one: each backup begins in a segment of its own. */
    private static long firstRecord() {
        return 40 + 25;
    }

    @Test
    void saysThatABackupIsFine() {
        for (Path backup : List.of(plain, tar)) {
            Outcome outcome = run(backup);

            assertThat(outcome.out()).matches("OK, backup successfully verified" + SUMMARY + "\n");
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.code()).isZero();
            assertThat(run(backup, "-q").out()).isEmpty();
        }
    }

    @Test
    void namesEachFileThatIsDamagedAndCountsAtTheEnd() throws IOException {
        BackupCopy copy = copy();
        copy.flipByte("base/1/1259", 0);
        copy.delete("backup_label");
        copy.add("standby.signal", "");

        Outcome outcome = run(copy.directory());

        assertThat(outcome.lines()).hasSize(4);
        assertThat(outcome.lines().get(0)).isEqualTo("\"backup_label\" is present in the manifest but not on disk");
        assertThat(outcome.lines().get(1)).startsWith("checksum mismatch for file \"base/1/1259\": ");
        assertThat(outcome.lines().get(2)).startsWith("note: standby.signal is in the backup: ");
        assertThat(outcome.lastLine()).matches("DAMAGED, 2 findings" + SUMMARY);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(run(copy.directory(), "-e", "-q").lines()).hasSize(1);
        assertThat(run(copy.directory(), "-i", "base/1/", "--ignore=./backup_label")
                        .code())
                .isZero();
        assertThat(run(copy.directory(), "-s", "-q").lines()).hasSize(1);
    }

    @Test
    void readsTheWalThatCameWithTheBackup() throws IOException {
        BackupCopy copy = copy();
        String segment = segment(copy.directory());
        copy.flipByte("pg_wal/" + segment, firstRecord());

        Outcome flipped = run(copy.directory());

        assertThat(flipped.lines().get(0))
                .startsWith("WAL parsing failed for timeline 1: invalid WAL at ")
                .contains("in segment " + segment);
        assertThat(flipped.code()).isEqualTo(1);
        assertThat(server.complaints(copy.directory())).contains("WAL parsing failed for timeline 1");
        assertThat(run(copy.directory(), "-n").code()).isZero();
        assertThat(run(copy.directory(), "-w", plain.resolve("pg_wal").toString())
                        .code())
                .isZero();
    }

    @Test
    void findsASegmentThatWasRemoved() throws IOException {
        server.sql("SELECT pg_switch_wal()");
        Path backup = server.pgBasebackup("segments", "-Fp", "-X", "fetch");
        String segment = segment(backup);
        Path next = Files.createFile(backup.resolve("pg_wal/" + segment.substring(0, 22) + "FE"));
        Files.move(backup.resolve("pg_wal/" + segment), next, StandardCopyOption.REPLACE_EXISTING);

        Outcome outcome = run(backup);

        assertThat(outcome.lines().get(0))
                .startsWith("WAL parsing failed for timeline 1: ")
                .contains(segment);
        assertThat(outcome.code()).isEqualTo(1);
    }

    @Test
    void notesThatABackupWithoutWalNeedsTheArchive() throws IOException {
        Path without = server.pgBasebackup("without", "-Fp", "-X", "none");

        Outcome outcome = run(without);

        assertThat(outcome.lines()).hasSize(2);
        assertThat(outcome.lines().get(0))
                .matches(
                        "note: WAL is not in the backup: a restore needs an archive that has it from [0-9A-F]+/[0-9A-F]+"
                                + " on timeline 1 to [0-9A-F]+/[0-9A-F]+");
        assertThat(outcome.code()).isZero();
        assertThat(run(without, "-w", plain.resolve("pg_tblspc").toString()).out())
                .contains("holds no WAL segments");
    }

    @Test
    void findsDamageInATarFile() throws IOException {
        BackupCopy copy = BackupCopy.of(tar, temporary.resolve("tar"));
        copy.truncate("base.tar.gz", 100_000);

        Outcome outcome = run(copy.directory());

        assertThat(outcome.lines().get(0))
                .startsWith(
                        "file \"" + copy.file("base.tar.gz") + "\": the compressed file ends in the middle, after ");
        assertThat(outcome.lastLine()).startsWith("DAMAGED, 1 finding: ");
        assertThat(outcome.code()).isEqualTo(1);

        copy.delete("base.tar.gz");
        Outcome lost = run(copy.directory());
        assertThat(lost.lines().get(0)).endsWith(" holds no base.tar");
        assertThat(lost.code()).isEqualTo(1);
    }

    @Test
    void findsDamagedWalInATarFileAndLeavesNothingBehind() throws IOException {
        Path backup = server.pgBasebackup("tar-wal", "-Ft");
        BackupCopy copy = new BackupCopy(backup);
        copy.flipByte("pg_wal.tar", 512 + firstRecord());

        Outcome outcome = run(backup);

        assertThat(outcome.lines().get(0)).startsWith("WAL parsing failed for timeline 1: ");
        assertThat(outcome.code()).isEqualTo(1);
        try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(left.map(path -> String.valueOf(path.getFileName())))
                    .noneMatch(name -> name.startsWith(WalDirectory.PREFIX));
        }
    }

    @Test
    void printsJsonLines() throws IOException {
        BackupCopy copy = copy();
        copy.append("base/1/1259");
        ObjectMapper mapper = new ObjectMapper();

        List<JsonNode> events = run(copy.directory(), "--json").lines().stream()
                .map(mapper::readTree)
                .toList();

        assertThat(events).hasSize(2);
        assertThat(events.get(0).get("event").asString()).isEqualTo("finding");
        assertThat(events.get(0).get("kind").asString()).isEqualTo("size");
        assertThat(events.get(0).get("path").asString()).isEqualTo("base/1/1259");
        JsonNode summary = events.get(1);
        assertThat(summary.get("event").asString()).isEqualTo("verifybackup");
        assertThat(summary.get("verdict").asString()).isEqualTo("damaged");
        assertThat(summary.get("format").asString()).isEqualTo("plain");
        assertThat(summary.get("wal").asString()).isEqualTo("read");
        assertThat(summary.get("files").asLong()).isGreaterThan(500);
    }

    @Test
    void takesAManifestThatIsElsewhere() throws IOException {
        BackupCopy copy = copy();
        Path elsewhere = Files.move(copy.file("backup_manifest"), temporary.resolve("manifest"));

        Outcome without = run(copy.directory());
        assertThat(without.err())
                .startsWith("pitrproof: error: there is no manifest \"" + copy.file("backup_manifest") + "\"\nHINT: ");
        assertThat(without.code()).isEqualTo(2);
        assertThat(run(copy.directory(), "-m", elsewhere.toString()).code()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "/nowhere,  ,                   \"/nowhere\" is not a directory",
        "/,         -Pq,                --progress contradicts --quiet",
        "/,         -Fx,                'backup format is \"x\": expected plain or tar'",
        "/,         -w/nowhere,         \"/nowhere\" is not a directory",
        "/,         -m/nowhere,         there is no manifest \"/nowhere\"",
    })
    void saysWhatIsWrongWithACommandLine(Path directory, String option, String message) {
        Outcome outcome = option == null ? run(directory) : run(directory, option);

        assertThat(outcome.err()).startsWith("pitrproof: error: " + message + "\nHINT: ");
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.code()).isEqualTo(2);
    }

    @Test
    void saysHowFarItIs() {
        assertThat(run(plain, "-P").err()).contains("(100%)");
    }
}
