package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.pitrproof.replication.ConnectionSettings;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every kind of sandbox must do. */
abstract class SandboxContract {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private Sandbox sandbox;

    /** A new sandbox of the kind under test. */
    abstract Sandbox open() throws SandboxException;

    @BeforeEach
    void openSandbox() throws SandboxException {
        sandbox = open();
    }

    @AfterEach
    void closeSandbox() throws SandboxException {
        sandbox.close();
        assertThat(sandbox.directory()).doesNotExist();
    }

    Sandbox sandbox() {
        return sandbox;
    }

    Cluster readySource(Map<String, String> parameters) throws SandboxException {
        Cluster cluster = sandbox.createSource(SourceSettings.of(parameters));
        cluster.awaitReady(PATIENCE);
        return cluster;
    }

    @Test
    void aSourceAnswersSqlAndReplication() throws Exception {
        Cluster source = readySource(Map.of("work_mem", "12MB"));

        assertThat(query(source.connection(), "SHOW data_checksums")).isEqualTo("on");
        assertThat(query(source.connection(), "SHOW wal_segment_size")).isEqualTo("1MB");
        assertThat(query(source.connection(), "SHOW server_encoding")).isEqualTo("UTF8");
        assertThat(query(source.connection(), "SHOW log_timezone")).isEqualTo("UTC");
        assertThat(query(source.connection(), "SHOW work_mem")).isEqualTo("12MB");
        assertThat(query(replication(source.connection()), "IDENTIFY_SYSTEM")).matches("\\d+");
    }

    @Test
    void twoSourcesAreTwoSystems() throws Exception {
        Cluster one = readySource(Map.of());
        Cluster other = readySource(Map.of());

        String system = "SELECT system_identifier FROM pg_control_system()";
        assertThat(query(one.connection(), system)).isNotEqualTo(query(other.connection(), system));
    }

    @Test
    void aSourceAsksForItsPassword() throws Exception {
        ConnectionSettings right = readySource(Map.of()).connection();
        ConnectionSettings wrong = new ConnectionSettings(
                right.host(), right.port(), right.database(), right.user(), "guessed", right.properties());

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> query(wrong, "SELECT 1"))
                .withMessageContaining("password authentication failed");
    }

    @Test
    void aServerThatCannotStartIsReportedWithItsFatalLineAndTheReason() throws Exception {
        Cluster source = sandbox.createSource(SourceSettings.of(Map.of("shared_buffers", "much")));

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> source.awaitReady(PATIENCE))
                .withMessageStartingWith("the source cluster died: FATAL:  configuration file")
                .withMessageContaining("invalid value for parameter \"shared_buffers\": \"much\"")
                .satisfies(died -> assertThat(died.kind()).isEqualTo(SandboxException.Kind.SERVER_DIED));
        assertThat(source.isRunning()).isFalse();
        assertThat(source.fatalLine())
                .hasValueSatisfying(line -> assertThat(line).startsWith("FATAL:  configuration file"));
    }

    @Test
    void aServerThatIsNotReadyInTimeIsReported() throws Exception {
        Cluster source = sandbox.createSource(SourceSettings.of(Map.of()));

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> source.awaitReady(Duration.ofNanos(1)))
                .withMessageStartingWith("the source cluster is not ready after 0 ms")
                .satisfies(late -> assertThat(late.kind()).isEqualTo(SandboxException.Kind.TIMEOUT));
    }

    @Test
    void aClientsFatalErrorIsNotTheServersEnd() throws Exception {
        Cluster source = readySource(Map.of());
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> source.connection().openSql("nowhere").close());

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(Files.readString(source.logFile()))
                .contains("FATAL:  database \"nowhere\" does not exist"));
        assertThat(source.fatalLine()).isEmpty();
        assertThat(source.isRunning()).isTrue();
    }

    @Test
    void aCopiedDataDirectoryStartsBesideItsSourceAndItsOwnSettingsAreNotRead() throws Exception {
        Cluster source = readySource(Map.of());
        execute(source.connection(), "CREATE TABLE kept AS SELECT 42 AS answer");
        execute(source.connection(), "ALTER SYSTEM SET work_mem = '33MB'");
        execute(source.connection(), "CREATE ROLE chief SUPERUSER LOGIN PASSWORD 'unknown to us'");
        source.stop(StopMode.FAST);
        source.fetch(source.dataDirectory());
        Path copy = copyOf(source.dataDirectory());
        Files.writeString(copy.resolve("postgresql.conf"), "this is no configuration\n");
        Files.writeString(copy.resolve("pg_hba.conf"), "local all all reject\n");
        sandbox.give(copy);
        Cluster again = sandbox.start(source.dataDirectory(), Map.of("work_mem", "9MB"), "second");
        again.awaitReady(PATIENCE);

        Cluster restored = sandbox.start(copy, Map.of("work_mem", "11MB"), "restored");
        restored.awaitReady(PATIENCE);

        assertThat(query(restored.connection(), "SELECT answer FROM kept")).isEqualTo("42");
        assertThat(query(restored.connection(), "SHOW work_mem")).isEqualTo("11MB");
        assertThat(query(restored.connectionAs("chief"), "SELECT current_user")).isEqualTo("chief");
        assertThat(query(restored.connection(), "SHOW archive_mode")).isEqualTo("off");
        assertThat(query(again.connection(), "SHOW work_mem")).isEqualTo("9MB");
    }

    @Test
    void aCopyOfARunningServersFilesMayBringItsLockFile() throws Exception {
        Cluster source = readySource(Map.of());
        source.fetch(source.dataDirectory());
        Path copy = copyOf(source.dataDirectory());
        assertThat(copy.resolve("postmaster.pid")).exists();
        sandbox.give(copy);

        Cluster restored = sandbox.start(copy, Map.of(), "restored");
        restored.awaitReady(PATIENCE);

        assertThat(query(restored.connection(), "SELECT 1")).isEqualTo("1");
        assertThat(source.isRunning()).isTrue();
    }

    @Test
    void aDataDirectoryThatIsInUseIsRefused() throws Exception {
        Cluster source = readySource(Map.of());

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> sandbox.start(source.dataDirectory(), Map.of(), "restored"))
                .withMessageContaining("a server is running on " + source.dataDirectory());
        assertThat(source.isRunning()).isTrue();
    }

    @Test
    void aDataDirectoryOfAnotherMajorIsRefused() throws Exception {
        Path directory = sandbox.createDirectory("restored");
        Files.writeString(directory.resolve("PG_VERSION"), "9\n");

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> sandbox.start(directory, Map.of(), "restored"))
                .withMessageContaining("is of PostgreSQL 9, but the sandbox runs "
                        + sandbox.release().major());
    }

    @Test
    void theSandboxesOwnParametersCannotBeOverridden() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SourceSettings.of(Map.of("Listen_Addresses", "*")))
                .withMessage("the parameter \"Listen_Addresses\" cannot be set: it belongs to the sandbox");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sandbox.start(sandbox.directory(), Map.of("a\nport", "1"), "restored"));
    }

    @Test
    void parametersArriveAsTheyAreWritten() throws Exception {
        String command = "sh -c 'echo \"it''s\" \\ %p # C:\\dir\n\t$HOME' é";
        Cluster source = readySource(Map.of("archive_mode", "on", "archive_command", command, "app.name", "x"));

        assertThat(query(source.connection(), "SHOW archive_command")).isEqualTo(command);
        assertThat(query(source.connection(), "SHOW app.name")).isEqualTo("x");
    }

    @Test
    void aKilledServerRecoversWhatWasCommitted() throws Exception {
        Cluster source = readySource(Map.of());
        execute(source.connection(), "CREATE TABLE kept AS SELECT 42 AS answer");

        source.stop(StopMode.KILL);

        assertThat(source.isRunning()).isFalse();
        Cluster again = sandbox.start(source.dataDirectory(), Map.of(), "restarted");
        again.awaitReady(PATIENCE);
        assertThat(query(again.connection(), "SELECT answer FROM kept")).isEqualTo("42");
    }

    @Test
    void aClosedSandboxStartsNothing() throws Exception {
        sandbox.close();
        sandbox.close();

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> sandbox.createSource(SourceSettings.of(Map.of())))
                .withMessage("the sandbox is closed");
    }

    Path copyOf(Path data) throws IOException {
        Path copy = sandbox.createDirectory("copy");
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path target = copy.resolve(data.relativize(directory));
                if (!target.equals(copy)) {
                    Files.createDirectory(target);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(
                        file,
                        copy.resolve(data.relativize(file)),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
                return FileVisitResult.CONTINUE;
            }
        });
        return copy;
    }

    static ConnectionSettings replication(ConnectionSettings settings) {
        return new ConnectionSettings(
                settings.host(),
                settings.port(),
                settings.database(),
                settings.user(),
                settings.password(),
                Map.of("replication", "true", "preferQueryMode", "simple", "assumeMinServerVersion", "14"));
    }

    /** What a command says that the server runs. */
    static String said(Cluster cluster, String command) throws SQLException {
        execute(
                cluster.connection(),
                "DROP TABLE IF EXISTS said; CREATE UNLOGGED TABLE said (line text);" + " COPY said FROM PROGRAM '"
                        + command.replace("'", "''") + "' (DELIMITER E'\\x01')");
        return query(cluster.connection(), "SELECT coalesce(string_agg(line, E'\\n'), '') FROM said");
    }

    static void execute(ConnectionSettings settings, String sql) throws SQLException {
        try (Connection connection = settings.openSql(settings.database());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static String query(ConnectionSettings settings, String sql) throws SQLException {
        try (Connection connection = settings.openSql(settings.database());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
