package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.Expectation;
import dev.pitrproof.evidence.Tool;
import dev.pitrproof.evidence.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Path directory;
    private final Path output;

    ReportCommandTest(@TempDir Path directory) {
        this.directory = directory;
        this.output = directory.resolve("reports");
    }

    @Test
    void rendersShardsTogether() throws IOException {
        evidence("shard-1/orders-pg17-1", "orders", Verdict.PROVEN);
        evidence("shard-2/stock-pg17-1", "stock", Verdict.REFUTED);

        int exitCode = report(directory.resolve("shard-1"), directory.resolve("shard-2"));

        assertThat(exitCode).as("it was asked to render, not to judge").isZero();
        assertThat(out.toString()).startsWith("1 of 2 drills ended as expected").contains("index.html");
        assertThat(err.toString()).isEmpty();
        assertThat(output.resolve("index.html"))
                .content()
                .contains("drills/orders-pg17-1.html", "drills/stock-pg17-1.html");
        assertThat(output.resolve("drills/orders-pg17-1.html"))
                .content()
                .contains("./../../shard-1/orders-pg17-1/evidence.json");
        assertThat(output.resolve("drills/stock-pg17-1.html"))
                .content()
                .contains("./../../shard-2/stock-pg17-1/evidence.json");
        assertThat(output.resolve("junit/TEST-orders.xml")).exists();
        assertThat(output.resolve("junit/TEST-stock.xml")).content().contains("<failure ");
        assertThat(output.resolve("summary.md")).exists();
        assertThat(output.resolve("metrics.prom")).exists();
        assertThat(output.resolve("allure-results")).isNotEmptyDirectory();
    }

    @Test
    void sameDrillFromTwoDirectoriesIsTwoDrills() throws IOException {
        evidence("monday/orders-pg17-1", "orders", Verdict.PROVEN);
        evidence("tuesday/orders-pg17-1", "orders", Verdict.PROVEN);

        assertThat(report(directory)).isZero();

        assertThat(output.resolve("junit/TEST-orders.xml")).content().contains("tests=\"2\"");
        assertThat(output.resolve("summary.md"))
                .content()
                .contains("`orders-pg17-1 (no sandbox, 1)`", "`orders-pg17-1 (no sandbox, 2)`");
    }

    @Test
    void directoriesThatOverlapCountOnce() throws IOException {
        evidence("run/orders-pg17-1", "orders", Verdict.PROVEN);
        Files.createSymbolicLink(directory.resolve("latest"), directory.resolve("run"));

        assertThat(report(directory, directory.resolve("run"), directory.resolve("latest")))
                .isZero();

        assertThat(out.toString()).startsWith("1 of 1 drill ended as expected");
    }

    @Test
    void rendersARunInItsPlace() throws IOException {
        evidence("reports/orders-pg17-1", "orders", Verdict.PROVEN);

        assertThat(report(output)).isZero();
        assertThat(report(output)).as("its own reports are no evidence").isZero();

        assertThat(out.toString()).doesNotContain("2 drills");
        assertThat(output.resolve("drills/orders-pg17-1.html")).content().contains("./../orders-pg17-1/evidence.json");
    }

    @Test
    void rendersARunInItsPlaceIfNoOtherIsNamed() throws IOException {
        evidence("monday/orders-pg17-1", "orders", Verdict.PROVEN);
        Path run = directory.resolve("monday");

        assertThat(execute("report", run.toString())).isZero();

        assertThat(out.toString()).contains("report: " + run.resolve("index.html"));
        assertThat(run.resolve("drills/orders-pg17-1.html")).content().contains("./../orders-pg17-1/evidence.json");
        assertThat(run.resolve("orders-pg17-1")).isDirectoryNotContaining(file -> !file.endsWith(EvidenceFile.NAME));
    }

    /** Where the next run of that drill would find what it has not written. */
    @Test
    void neverRendersIntoADrillsOwnDirectory() throws IOException {
        Path file = evidence("monday/orders-pg17-1", "orders", Verdict.PROVEN);
        ReportCommand command = new ReportCommand();
        new CommandLine(command).parseArgs(String.valueOf(file.getParent()));
        assertThat(command.output()).isEqualTo(Path.of("target/pitrproof"));
        new CommandLine(command).parseArgs(file.toString());
        assertThat(command.output()).isEqualTo(Path.of("target/pitrproof"));
        new CommandLine(command)
                .parseArgs(directory.toString(), directory.resolve("monday").toString());
        assertThat(command.output()).isEqualTo(Path.of("target/pitrproof"));
    }

    @Test
    void everyDamagedFileIsNamedAndNothingIsWritten() throws IOException {
        evidence("run/orders-pg17-1", "orders", Verdict.PROVEN);
        Path cut = evidence("run/orders-pg17-2", "orders", Verdict.PROVEN);
        Files.writeString(cut, Files.readString(cut).substring(0, 200));
        Path foreign = Files.createDirectories(directory.resolve("run/other")).resolve(EvidenceFile.NAME);
        Files.writeString(foreign, "[]");
        Path newer = Files.createDirectories(directory.resolve("run/newer")).resolve(EvidenceFile.NAME);
        Files.writeString(newer, "{\"schema\": 7}");

        assertThat(report(directory.resolve("run"))).isEqualTo(3);

        assertThat(err.toString())
                .contains(
                        cut + ":",
                        foreign + ":1:1: error: not evidence: no JSON object",
                        newer + ":1:12: error: schema 7")
                .doesNotContain("Exception", "\tat ");
        assertThat(err.toString().lines().filter(line -> line.startsWith("HINT: ")))
                .hasSize(3);
        assertThat(out.toString()).isEmpty();
        assertThat(output).doesNotExist();
    }

    @Test
    void outcomeThatDoesNotFollowFromTheClaimsIsNotRepeated() throws IOException {
        Path file = evidence("run/stock-pg17-1", "stock", Verdict.REFUTED);
        Files.writeString(file, Files.readString(file).replace("\"asExpected\" : false", "\"asExpected\" : true"));

        assertThat(report(directory.resolve("run"))).isEqualTo(3);

        assertThat(err.toString())
                .startsWith(file + ": error: contradicts itself: asExpected is true")
                .contains("HINT: ");
    }

    @Test
    void verdictThatDoesNotFollowFromTheClaimsIsNotRepeated() throws IOException {
        Path file = evidence("run/stock-pg17-1", "stock", Verdict.REFUTED);
        Files.writeString(
                file, Files.readString(file).replaceFirst("\"verdict\" : \"REFUTED\"", "\"verdict\" : \"PROVEN\""));

        assertThat(report(directory.resolve("run"))).isEqualTo(3);

        assertThat(err.toString()).contains("the verdict is PROVEN, its claims say REFUTED");
    }

    @Test
    void isNotContentWithNothing() throws IOException {
        Path empty = Files.createDirectories(directory.resolve("empty"));

        assertThat(report(empty)).isEqualTo(2);

        assertThat(err.toString())
                .startsWith(empty + ": error: found no evidence.json")
                .contains("HINT: ");
        assertThat(output).doesNotExist();
    }

    @Test
    void refusesADirectoryThatIsNotThere() throws IOException {
        evidence("run/orders-pg17-1", "orders", Verdict.PROVEN);

        assertThat(report(directory.resolve("run"), directory.resolve("nowhere")))
                .isEqualTo(2);

        assertThat(err.toString()).startsWith(directory.resolve("nowhere") + ": error: found no such directory");
        assertThat(output).doesNotExist();
    }

    @Test
    void needsADirectory() {
        assertThat(execute("report")).isEqualTo(2);
        assertThat(err.toString()).contains("HINT: ./pitrproof report --help");
    }

    @Test
    void helpSaysThatItDoesNotJudge() {
        assertThat(execute("report", "--help")).isZero();
        assertThat(out.toString().replaceAll("\\s+", " ")).contains("run decides whether drills ended as expected");
    }

    private int report(Path... places) {
        String[] arguments = new String[places.length + 3];
        arguments[0] = "report";
        arguments[1] = "--output";
        arguments[2] = output.toString();
        for (int i = 0; i < places.length; i++) {
            arguments[i + 3] = places[i].toString();
        }
        return execute(arguments);
    }

    private int execute(String... arguments) {
        return Main.commandLine(new PrintWriter(out), new PrintWriter(err, true))
                .execute(arguments);
    }

    /** Evidence of a drill of which PROVEN is expected, in a directory of the drill's name. */
    private Path evidence(String place, String scenario, Verdict verdict) throws IOException {
        Path home = Files.createDirectories(directory.resolve(place));
        String code = verdict == Verdict.PROVEN ? "TARGET_EXACT" : "STOPPED_LATE";
        Claim claim = new Claim("target-reached", verdict, code, "a stop at 0/3A41F90", "it stopped", null, List.of());
        Instant started = Instant.parse("2026-01-26T12:30:58Z");
        Evidence evidence = new Evidence(
                Evidence.SCHEMA,
                String.valueOf(home.getFileName()),
                scenario,
                null,
                verdict,
                Expectation.PROVEN,
                verdict == Verdict.PROVEN,
                new Tool("0.1.0", "4f834e1"),
                1,
                started,
                started.plusSeconds(9),
                "a test",
                null,
                null,
                null,
                null,
                null,
                null,
                List.of(claim),
                null,
                Map.of(),
                null,
                null,
                null,
                List.of(),
                List.of(),
                List.of(),
                null,
                null,
                null);
        Path file = home.toRealPath().resolve(EvidenceFile.NAME);
        EvidenceFile.write(file, evidence);
        return file;
    }
}
