package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.replication.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ConnectionParametersTest {

    private static ConnectionSettings settings(Map<String, String> environment, String... arguments) {
        ConnectionOptions options = new ConnectionOptions();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("c", CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
                .parseArgs(arguments);
        return options.settings(environment);
    }

    @Test
    void readsKeywordsWithQuotesAndBackslashes() {
        assertThat(ConnectionString.parse("host=/tmp port = 5433 user='o\\'neill x' password=a\\ b"))
                .isEqualTo(Map.of("host", "/tmp", "port", "5433", "user", "o'neill x", "password", "a b"));
    }

    @Test
    void readsAUri() {
        assertThat(ConnectionString.parse("postgresql://me:se%40cret@[::1]:5433/db?sslmode=require&options=-c%20a%3Db"))
                .isEqualTo(Map.of(
                        "user", "me",
                        "password", "se@cret",
                        "host", "::1",
                        "port", "5433",
                        "dbname", "db",
                        "sslmode", "require",
                        "options", "-c a=b"));
        assertThat(ConnectionString.parse("postgres://%2Ftmp/db")).isEqualTo(Map.of("host", "/tmp", "dbname", "db"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"host=x secret", "password='secret", "postgresql://h/d?secret"})
    void doesNotRepeatWhatMayBeAPassword(String text) {
        assertThatThrownBy(() -> ConnectionString.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void prefersOptionsToTheEnvironment() {
        ConnectionSettings settings = settings(
                Map.of(
                        "PGHOST",
                        "elsewhere",
                        "PGPORT",
                        "1",
                        "PGUSER",
                        "env",
                        "PGPASSWORD",
                        "pw",
                        "PGSSLMODE",
                        "require"),
                "-h/tmp",
                "-p5433");

        assertThat(settings.host()).isEqualTo("/tmp");
        assertThat(settings.port()).isEqualTo(5433);
        assertThat(settings.user()).isEqualTo("env");
        assertThat(settings.database()).isEqualTo("env");
        assertThat(settings.password()).isEqualTo("pw");
        assertThat(settings.properties()).containsEntry("sslmode", "require");
    }

    @Test
    void takesTheOperatingSystemsUserByDefault() {
        assertThat(settings(Map.of()).user()).isEqualTo(System.getProperty("user.name"));
        assertThat(settings(Map.of()).port()).isEqualTo(5432);
    }

    @Test
    void refusesAPortThatIsNone() {
        assertThatThrownBy(() -> settings(Map.of(), "-p", "70000"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port is \"70000\": expected a number from 1 to 65535");
    }

    @Test
    void refusesAKeywordThatNobodyKnows() {
        assertThatThrownBy(() -> settings(Map.of(), "-d", "hots=x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("invalid connection option \"hots\"");
    }

    /** What a primary_conninfo of {@code pg_basebackup -R} looks like, and libpq takes. */
    @Test
    void takesWhatPgBasebackupWritesDown() {
        ConnectionSettings settings = settings(
                Map.of(),
                "-d",
                "user=rep passfile='/root/.pgpass' channel_binding=prefer host=db port=5433 fallback_application_name=x"
                        + " sslmode=prefer sslnegotiation=postgres sslcompression=0 sslcertmode=allow sslsni=1"
                        + " ssl_min_protocol_version=TLSv1.2 gssencmode=prefer krbsrvname=postgres gssdelegation=0"
                        + " target_session_attrs=any load_balance_hosts=disable keepalives_idle=60 replication=true"
                        + " client_encoding=UTF8 tcp_user_timeout=1000");

        assertThat(settings.host()).isEqualTo("db");
        assertThat(settings.user()).isEqualTo("rep");
        assertThat(settings.properties())
                .containsEntry("sslmode", "prefer")
                .doesNotContainKeys("sslsni", "replication", "client_encoding");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl_min_protocol_version=TLSv1.3",
                "sslcertmode=require",
                "sslcrl=/etc/revoked.pem",
                "require_auth=scram-sha-256",
                "requirepeer=postgres",
                "load_balance_hosts=random"
            })
    void refusesWhatWouldNotBeKept(String option) {
        String keyword = option.replaceFirst("=.*", "");
        assertThatThrownBy(() -> settings(Map.of(), "-d", option))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("connection option \"" + keyword + "\" is \"")
                .hasMessageContaining("that is not supported\nHINT: leave it out");
    }

    @Test
    void refusesItInTheEnvironmentToo() {
        assertThatThrownBy(() -> settings(Map.of("PGREQUIREAUTH", "scram-sha-256")))
                .hasMessageStartingWith("connection option \"require_auth\" is \"scram-sha-256\"");
        assertThat(settings(Map.of("PGSSLMINPROTOCOLVERSION", "TLSv1.2", "PGSSLCERTMODE", "allow"))
                        .properties())
                .isEmpty();
    }

    @Test
    void readsTheServiceFileBehindOptionsAndBeforeTheEnvironment(@TempDir Path directory) throws IOException {
        Path services = Files.writeString(
                directory.resolve("pg_service.conf"), "[mine]\nhost=/tmp\nport=5433\ndbname=payroll\nuser=me\n");
        String property = "org.postgresql.pgservicefile";
        System.setProperty(property, services.toString());
        try {
            ConnectionSettings settings = settings(Map.of("PGSERVICE", "mine", "PGPORT", "1"), "-U", "you");

            assertThat(settings.host()).isEqualTo("/tmp");
            assertThat(settings.port()).isEqualTo(5433);
            assertThat(settings.database()).isEqualTo("payroll");
            assertThat(settings.user()).isEqualTo("you");
        } finally {
            System.clearProperty(property);
        }
    }

    @Test
    void refusesAServiceThatIsNotDefined() {
        assertThatThrownBy(() -> settings(Map.of(), "-d", "service=no-such-service"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("definition of service \"no-such-service\" not found");
    }
}
