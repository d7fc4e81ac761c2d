package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.StopMode;
import dev.pitrproof.scenario.ArchiveMethod;
import dev.pitrproof.scenario.Position;
import dev.pitrproof.scenario.Source;
import dev.pitrproof.scenario.StoryTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a story does to its source, with either way of archiving. */
class SourceServerTest {

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void isHeldKilledAndRestarted(ArchiveMethod method) throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}));
                SourceServer source = SourceServer.start(sandbox, source(method, sandbox))) {
            source.execute("CREATE TABLE kept (a int)");
            String first = complete(source);
            source.pauseArchive();
            assertThat(archived(source)).as("complete before the pause").contains(first);

            String second = complete(source);
            source.execute("ALTER SYSTEM SET max_connections = 77");
            source.restart(StopMode.FAST);
            String third = complete(source);
            assertThat(value(source, "SHOW max_connections")).isEqualTo("77");
            assertThat(archived(source)).as("during the pause").contains(first).doesNotContain(second, third);

            source.resumeArchive();
            assertThat(archived(source)).as("behind the pause").contains(first, second, third);

            source.execute("INSERT INTO kept VALUES (1)");
            source.restart(StopMode.KILL);
            assertThat(value(source, "SELECT a FROM kept"))
                    .as("after the crash")
                    .isEqualTo("1");
            assertThat(value(source, "SHOW max_connections"))
                    .as("altered before the restart before")
                    .isEqualTo("77");
            String fourth = complete(source);
            source.finishArchive();
            assertThat(archived(source)).contains(fourth);
        }
    }

    /** As long as the disk of its archive is full it fails to archive, and goes on; all of it arrives when there is room. */
    @Test
    void keepsWhatAFullArchiveDoesNotTake() throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}));
                SourceServer source = SourceServer.start(sandbox, source(ArchiveMethod.COMMAND, sandbox))) {
            source.keepArchivingSettings();
            String first = complete(source);
            source.fillArchive();

            String second = complete(source);
            assertThat(value(source, "SHOW archive_command")).isEqualTo(CommandArchiving.FULL);
            source.restart(StopMode.FAST);
            assertThat(value(
                            source,
                            "SELECT setting FROM pg_file_settings WHERE name = 'archive_command'"
                                    + " AND sourcefile LIKE '%/postgresql.auto.conf'"))
                    .as("for a backup")
                    .isEqualTo(CommandArchiving.FULL);
            assertThat(archived(source)).contains(first).doesNotContain(second);

            source.resumeArchive();
            assertThat(archived(source)).contains(first, second);
        }
    }

    /** A standby has settings of its own: what a backup of it brings along, and why it may stop replaying. */
    @Test
    void hasAStandbyThatSaysWhyItPauses() throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}));
                SourceServer source = SourceServer.start(
                        sandbox,
                        new Source(
                                "",
                                ArchiveMethod.COMMAND,
                                Source.SEGMENT_SIZE_MB,
                                Map.of("max_connections", "20"),
                                List.of(),
                                List.of(),
                                true,
                                Position.of(sandbox.directory())))) {
            source.keepArchivingSettings();
            assertThat(SingleValue.of(
                            "SELECT setting FROM pg_file_settings WHERE name = 'archive_command'"
                                    + " AND sourcefile LIKE '%/postgresql.auto.conf'",
                            source.standby().sql()))
                    .as("for a backup of the standby")
                    .isEqualTo(value(source, "SHOW archive_command"));

            source.execute("ALTER SYSTEM SET max_connections = 60");
            source.restart(StopMode.FAST);

            assertThatThrownBy(() -> source.standby().awaitReplayed(source.flushed()))
                    .hasMessage(
                            "the standby has paused its recovery: max_connections = 20 is a lower setting than on the"
                                    + " primary server, where its value was 60");
        }
    }

    @Test
    void goesOnWithoutATablespaceThatIsLost() throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}));
                SourceServer source = SourceServer.start(
                        sandbox,
                        new Source(
                                "",
                                ArchiveMethod.COMMAND,
                                Source.SEGMENT_SIZE_MB,
                                Map.of(),
                                List.of(),
                                List.of("fast"),
                                false,
                                Position.of(sandbox.directory())))) {
            source.execute("CREATE TABLE elsewhere (a int) TABLESPACE fast");
            source.execute("INSERT INTO elsewhere VALUES (1)");
            source.execute("CREATE TABLE kept AS SELECT 2 AS a");
            source.loseTablespace("fast");
            source.restart(StopMode.KILL);

            assertThat(value(source, "SELECT a FROM kept")).isEqualTo("2");
            assertThatThrownBy(() -> source.execute("SELECT a FROM elsewhere"))
                    .hasMessageContaining("could not open file \"pg_tblspc/");
        }
    }

    @Test
    void knowsTheTransactionThatHasAName() throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(17, null, message -> {}));
                SourceServer source = SourceServer.start(sandbox, source(ArchiveMethod.COMMAND, sandbox))) {
            source.execute("CREATE TABLE kept (a int)");
            Barrier moment = source.barrier(new StoryTime(0));

            NamedTransaction named =
                    source.executeNamed("INSERT INTO kept VALUES (1); INSERT INTO kept VALUES (2)", moment);

            assertThat(value(source, "SELECT string_agg(DISTINCT xmin::text, ' ') FROM kept"))
                    .isEqualTo(Long.toString(named.xid()));
            assertThat(named.end()).isGreaterThan(moment.lsn());
            assertThatThrownBy(() -> source.executeNamed("SELECT 1", moment))
                    .hasMessageContaining("its transaction has no xid");
            assertThatThrownBy(() -> source.executeNamed("VACUUM kept", moment))
                    .hasMessageContaining("VACUUM cannot run inside a transaction block");
            assertThat(value(source, "SELECT count(*) FROM kept")).isEqualTo("2");
        }
    }

    /** Completes the segment that is being written; returns its name. */
    private static String complete(SourceServer source) throws SQLException {
        source.execute("CREATE TABLE IF NOT EXISTS filler (a int); INSERT INTO filler VALUES (1)");
        return value(source, "SELECT pg_walfile_name(pg_switch_wal())");
    }

    private static List<String> archived(SourceServer source) throws IOException {
        try (Stream<Path> files = Files.list(source.archive())) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    private static String value(SourceServer source, String question) throws SQLException {
        try (Statement statement = source.sql().createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getString(1);
        }
    }

    private static Source source(ArchiveMethod method, Sandbox sandbox) {
        return Source.of(method, Map.of(), Position.of(sandbox.directory()));
    }
}
