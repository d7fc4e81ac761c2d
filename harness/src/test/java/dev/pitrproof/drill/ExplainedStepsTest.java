package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Witnesses;
import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.FileAccess;
import dev.pitrproof.sandbox.ForwardingSandbox;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SandboxException;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.scenario.ScenarioReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a drill says that its steps stand for, taken at its word. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class ExplainedStepsTest {

    private static final String ROWS =
            "SELECT count(*) || ' ' || md5(string_agg(t::text, ',' ORDER BY t::text)) FROM accounts t";

    @TempDir
    static Path directory;

    private static final List<Explanation> STEPS = new ArrayList<>();
    private static final Map<String, String> TOLD = new LinkedHashMap<>();
    private static final List<Progress> PROGRESS = new ArrayList<>();
    private static Path binaries;
    private static Path place;
    private static String rowsAtMark;
    private static String rowsByHand;
    private static String stoodAt;
    private static Evidence evidence;

    /** The first restore of dropped-table, and while its backup and archive are there, the same once more by hand. */
    @BeforeAll
    static void drill() throws Exception {
        binaries = LocalServer.binaries();
        int installed =
                Integer.parseInt(binaries.getName(binaries.getNameCount() - 2).toString());
        String shipped = Files.readString(Path.of("../scenarios/dropped-table.yaml"));
        Path scenario = Files.writeString(
                directory.resolve("dropped-table.yaml"),
                shipped.substring(0, shipped.indexOf("  - about: the twin")).replace("lasts: 15s", "lasts: 2s"));
        Watched[] watched = new Watched[1];
        DrillRunner runner = new DrillRunner(
                major -> {
                    watched[0] =
                            new Watched(ProcessSandbox.open(PostgresBinaries.find(major, binaries, message -> {})));
                    place = watched[0].directory();
                    return watched[0];
                },
                new DrillOptions(installed, directory.resolve("out"), 1, "a test", Duration.ofSeconds(60)),
                new DrillListener() {
                    @Override
                    public void explained(Explanation explanation) {
                        STEPS.add(explanation);
                    }

                    @Override
                    public void progress(Progress progress) {
                        PROGRESS.add(progress);
                    }

                    @Override
                    public void moment(Story.Moment moment) {
                        if (moment.kind().equals("mark")) {
                            rowsAtMark = watched[0].askSource();
                        }
                    }

                    @Override
                    public void drillEnded(Evidence ended, Path where) {
                        evidence = ended;
                        byHand(watched[0]);
                    }
                });
        runner.run(ScenarioReader.read(scenario));
    }

    private static void byHand(Sandbox sandbox) {
        try {
            Path own = sandbox.createDirectory("by-hand");
            ByHand somebody = new ByHand(binaries, own);
            // what root took the servers' user may not read
            Path backups = sandbox.createDirectory("by-hand-backups");
            assertThat(new ProcessBuilder(
                                    "cp", "-a", place.resolve("backups/nightly").toString(), backups.toString())
                            .start()
                            .waitFor())
                    .isZero();
            sandbox.give(backups);
            Map<String, String> places = Map.of(
                    "BACKUPS", backups.toString(),
                    "ARCHIVE", place.resolve("archive").toString(),
                    "RESTORED", own.resolve("restored-1").toString(),
                    "PGHOST", own.toString(),
                    "PGUSER", "postgres",
                    "PGPASSFILE", "/dev/null",
                    "PGDATABASE", "postgres");
            List<String> script = new ArrayList<>();
            for (String step : List.of("copy the backup", "say where to stop", "start it")) {
                script.addAll(step(step).commands());
            }
            somebody.run(script, places);
            try {
                List<String> paused = new ArrayList<>(List.of(
                        "n=0",
                        "until psql -p 54321 -Atc 'SELECT"
                                + " pg_get_wal_replay_pause_state()' | grep -qx paused || [ $n -gt 300 ]; do n=$((n + 1)); sleep"
                                + " 0.1; done"));
                paused.addAll(step("ask where it stands").commands());
                stoodAt = somebody.run(paused, places);
                List<String> promoted =
                        new ArrayList<>(step("end recovery").commands().subList(0, 1));
                promoted.add("psql -p 54321 -Atc \"" + ROWS + "\"");
                rowsByHand = somebody.run(promoted, places);
            } finally {
                somebody.run(step("throw it away").commands(), places);
            }
        } catch (Exception e) {
            throw new AssertionError("by hand: " + e, e);
        }
    }

    private static Explanation step(String step) {
        return STEPS.stream().filter(one -> one.step().equals(step)).findFirst().orElseThrow();
    }

    @Test
    void whoFollowsThemGetsTheSameRows() {
        assertThat(rowsAtMark).startsWith("1000 ");
        assertThat(rowsByHand).contains(rowsAtMark);
    }

    @Test
    void whoFollowsThemFindsTheServerWhereTheWalForetoldIt() {
        Witnesses witnesses = Objects.requireNonNull(evidence.witnesses());

        assertThat(stoodAt).contains("paused", Objects.requireNonNull(witnesses.replayLsn()), "committed");
    }

    @Test
    void theRecoverySettingsAreThoseThatTheServerGot() {
        List<String> lines = step("say where to stop").commands().get(2).lines().toList();

        assertThat(TOLD).containsKeys("recovery_target_time", "recovery_target_timeline", "recovery_target_action");
        TOLD.forEach((name, value) -> {
            if (name.startsWith("recovery_") || name.startsWith("max_connections") || name.equals("archive_mode")) {
                assertThat(lines).contains(name + " = '" + value + "'");
            }
        });
        assertThat(TOLD.get("restore_command")).contains("restore-wal.sh");
        assertThat(lines).contains("restore_command = 'cp \"$ARCHIVE/%f\" \"%p\"'");
    }

    @Test
    void eachStepNamesItsCommandAndSaysWhy() {
        assertThat(STEPS).allSatisfy(one -> {
            assertThat(one.commands()).isNotEmpty();
            assertThat(one.why()).endsWith(".").doesNotContain("\n");
        });
        assertThat(STEPS)
                .extracting(Explanation::step)
                .contains(
                        "make the source, a cluster to lose data on",
                        "fill it",
                        "take the base backup nightly",
                        "mark last-good",
                        "the accident",
                        "complete the archive",
                        "copy the backup",
                        "end recovery");
        assertThat(step("take the base backup nightly").commands().get(0))
                .isEqualTo("pg_basebackup -p 54320 -D \"$BACKUPS/nightly\" --label=nightly --wal-method=stream"
                        + " --checkpoint=fast");
        assertThat(step("the accident").commands())
                .containsExactly("psql -p 54320 -v ON_ERROR_STOP=1 <<'SQL'\nDROP TABLE accounts;\nSQL");
    }

    @Test
    void theyHoldNoPlaceOfThisMachine() {
        String all = STEPS.toString();

        assertThat(all).doesNotContain(place.toString(), "password", "localhost", System.getProperty("user.home"));
    }

    @Test
    void theDrillTellsHowFarItIs() {
        assertThat(PROGRESS)
                .extracting(Progress::phase)
                .contains(
                        "starting the source",
                        "taking the base backup",
                        "completing the archive",
                        "copying the backup",
                        "replaying WAL",
                        "checking table-exists: accounts",
                        "comparing fingerprints");
        assertThat(PROGRESS)
                .filteredOn(progress -> progress.phase().equals("taking the base backup"))
                .allSatisfy(progress -> assertThat(progress.done()).isLessThanOrEqualTo(progress.of()))
                .last()
                .satisfies(progress -> assertThat(progress.done()).isGreaterThan(10_000_000));
    }

    /** Sees what servers are told, and can ask the source. */
    private static final class Watched extends ForwardingSandbox {

        private Cluster source;

        Watched(Sandbox sandbox) {
            super(sandbox);
        }

        @Override
        public Cluster createSource(SourceSettings settings) throws SandboxException {
            source = super.createSource(settings);
            return source;
        }

        @Override
        public Cluster start(Path dataDirectory, Map<String, String> settings, String purpose, FileAccess files)
                throws SandboxException {
            TOLD.putAll(settings);
            return super.start(dataDirectory, settings, purpose, files);
        }

        String askSource() {
            try (Connection connection = source.connection().openSql("postgres");
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(ROWS)) {
                row.next();
                return row.getString(1);
            } catch (Exception e) {
                throw new AssertionError("the source cannot be asked", e);
            }
        }
    }
}
