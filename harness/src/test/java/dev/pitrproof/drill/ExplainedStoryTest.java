package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.scenario.Scenario;
import dev.pitrproof.scenario.ScenarioReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the steps of a story stand for, done by hand. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class ExplainedStoryTest {

    private static final String STORY = """
            scenario: by-hand
            postgres: 14-18
            clock: { from: "00:00", to: "10:00", lasts: 2s }
            source:
              setup: CREATE TABLE kept (a int) TABLESPACE fast
              roles: [{ name: backup, replication: true }]
              tablespaces: [fast]
              archive: command
              standby: true
            story:
              - { at: "00:00", base-backup: { label: nightly, from: standby, as: backup } }
              - { at: "01:00", archive: pause }
              - { at: "01:10", sql: INSERT INTO kept VALUES (1) }
              - { at: "01:20", switch-wal: true }
              - { at: "01:30", archive: resume }
              - { at: "02:00", archive: { corrupt: current } }
              - { at: "02:10", sql: INSERT INTO kept VALUES (2) }
              - { at: "02:20", switch-wal: true }
              - { at: "03:00", archive: { lose: current } }
              - { at: "04:00", accident: { promote: standby } }
              - { at: "05:00", sql: INSERT INTO kept VALUES (3) }
              - { at: "06:00", base-backup: { label: later } }
              - { at: "07:00", archive: { delay: 1h } }
            restore:
              - from: nightly
                to: { time: "09:00" }
                prove: [table-exists: kept]
            """;

    @TempDir
    static Path directory;

    private static Scenario scenario(String story) throws Exception {
        return ScenarioReader.read(Files.writeString(directory.resolve("by-hand.yaml"), story));
    }

    private static List<Explanation> steps(Scenario scenario) {
        List<Explanation> all = new ArrayList<>(StockStory.source(scenario.source()));
        StockSteps stock = new StockSteps(scenario.source());
        scenario.story().forEach(step -> stock.of(step).ifPresent(all::add));
        all.add(stock.end(scenario.story()));
        return all;
    }

    private static List<String> commands(List<Explanation> steps) {
        return steps.stream().flatMap(step -> step.commands().stream()).toList();
    }

    @Test
    void theStandbyTakesOverAndTheArchiveIsDamaged() throws Exception {
        Path binaries = LocalServer.binaries();
        int installed =
                Integer.parseInt(binaries.getName(binaries.getNameCount() - 2).toString());
        try (ProcessSandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(installed, binaries, message -> {}))) {
            List<Explanation> steps = steps(scenario(STORY));
            List<String> script = new ArrayList<>(commands(steps.subList(0, steps.size() - 1)));
            script.add("echo kept $(psql -p 54320 -Atc \"SELECT string_agg(a::text, ',' ORDER BY a) FROM kept\")");
            script.addAll(steps.get(steps.size() - 1).commands());
            script.add("cp -r archive before");
            script.addAll(commands(StockArchive.strike(true, true)));
            script.add("pg_controldata \"$SOURCE\" | grep \"checkpoint's TimeLineID\"");
            script.add("for f in before/*; do n=\"$ARCHIVE/${f#*/}\"; [ -e \"$n\" ] || echo lost ${f#*/} of $LOST;"
                    + " [ ! -e \"$n\" ] || echo changed $(cmp -l \"$f\" \"$n\" | wc -l) ${f#*/} of $DAMAGED; done");
            script.add("pg_verifybackup \"$BACKUPS/later\"");

            String said = new ByHand(binaries, sandbox.createDirectory("by-hand"))
                    .run(script, Map.of("PGPASSFILE", "/dev/null"));

            assertThat(said)
                    .contains("kept 1,2,3")
                    .containsPattern("checkpoint's TimeLineID: +2")
                    .contains("changed 0 00000002.history")
                    .containsPattern("lost (00000001[0-9A-F]{16}) of \\1\\b")
                    .containsPattern("changed 1 (00000001[0-9A-F]{16}) of \\1:\\d+")
                    .contains("backup successfully verified");
            assertThat(said.lines().filter(line -> line.startsWith("lost "))).hasSize(1);
            assertThat(said.lines().filter(line -> line.startsWith("changed 1 ")))
                    .hasSize(1);
        }
    }

    @Test
    void theReceiverIsStoppedAndStartedAgain() throws Exception {
        List<Explanation> steps = steps(scenario(STORY.replace("archive: command", "archive: receiver")));

        assertThat(steps).allSatisfy(step -> {
            assertThat(step.commands()).as(step.step()).isNotEmpty();
            assertThat(step.why()).endsWith(".");
        });
        assertThat(steps)
                .filteredOn(step -> step.step().equals("hold the archive"))
                .singleElement()
                .satisfies(step -> assertThat(step.commands()).containsExactly("kill -INT $RECEIVER"));
        assertThat(steps)
                .filteredOn(step -> step.step().equals("promote the standby"))
                .singleElement()
                .satisfies(step -> assertThat(step.commands())
                        .startsWith("pg_receivewal -p 54322 --slot=archive --create-slot", "kill -INT $RECEIVER")
                        .contains(
                                "pg_ctl -D \"$STANDBY\" -w promote",
                                "pg_receivewal -p 54320 -D \"$ARCHIVE\" --slot=archive --synchronous & RECEIVER=$!"));
    }

    @Test
    void aStandbyThatIsLeftIsStoppedInTheEnd() throws Exception {
        List<Explanation> steps = steps(scenario(STORY.replace("accident: { promote: standby }", "mark: noon")));

        assertThat(steps.get(steps.size() - 1).commands()).endsWith("pg_ctl -D \"$STANDBY\" -m fast stop");
    }

    @Test
    void aChainOfBackupsIsCombined() throws Exception {
        StockBackup chain = StockBackup.of(
                List.of(directory.resolve("full"), directory.resolve("first")),
                List.of("\"$BACKUPS/full\"", "\"$BACKUPS/first\""),
                "restored-1-");

        assertThat(chain.commands())
                .first()
                .isEqualTo("pg_combinebackup \"$BACKUPS/full\" \"$BACKUPS/first\" -o \"$PWD/restored-1-combined\"");
        assertThat(chain.word()).isEqualTo("\"$PWD/restored-1-combined\"");
        assertThat(chain.explanation()).map(Explanation::step).contains("combine the backups");
    }

    @Test
    void aChainThatSomebodyElseMadeIsCombinedToo() throws Exception {
        Explanation places = StockRestore.places(
                List.of(directory.resolve("full"), directory.resolve("first")), Optional.empty(), "postgres");

        assertThat(places.commands())
                .contains(
                        "BACKUP2='" + directory.resolve("first") + "'",
                        "pg_combinebackup \"$BACKUP1\" \"$BACKUP2\" -o \"$PWD/combined\"",
                        "BACKUP=\"$PWD/combined\"");
    }

    @Test
    void aBackupInTarFormatIsUnpacked() throws Exception {
        Path tar = Files.createDirectory(directory.resolve("tar"));
        Files.createFile(tar.resolve("base.tar.gz"));

        StockBackup unpacked = StockBackup.of(List.of(tar), List.of("\"$BACKUPS/tar\""), "restored-2-");

        assertThat(unpacked.commands())
                .first()
                .asString()
                .contains("\"$BACKUPS/tar\"/base.tar*", "-C restored-2-unpacked");
        assertThat(unpacked.word()).isEqualTo("\"$PWD/restored-2-unpacked\"");
        assertThat(StockBackup.of(List.of(directory), List.of("\"$BACKUPS/plain\""), "")
                        .explanation())
                .isEqualTo(Optional.empty());
    }
}
