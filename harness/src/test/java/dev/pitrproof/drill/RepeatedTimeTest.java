package dev.pitrproof.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.restore.Liberties;
import dev.pitrproof.sandbox.Cluster;
import dev.pitrproof.sandbox.PostgresBinaries;
import dev.pitrproof.sandbox.ProcessSandbox;
import dev.pitrproof.sandbox.Sandbox;
import dev.pitrproof.sandbox.SourceSettings;
import dev.pitrproof.scenario.StoryTime;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real server takes a time for that its clock shows twice. */
class RepeatedTimeTest {

    private static final List<String> MOMENTS = List.of(
            "2026-11-22T06:13:27.412345Z",
            "2026-03-01T23:59:59.999999Z",
            "2028-02-29T12:00:00Z",
            "2027-12-31T23:30:00.5Z",
            "2028-12-31T18:00:30Z",
            "2026-12-31T05:00:30Z",
            "2026-07-01T00:00:00.25Z",
            "2027-04-01T00:00:00.25Z",
            "2027-10-01T12:00:00.25Z",
            "2028-01-01T00:00:07.000001Z");

    @ParameterizedTest
    @ValueSource(ints = {14, 18})
    void theServerTakesTheSecond(int major) throws Exception {
        try (Sandbox sandbox = ProcessSandbox.open(PostgresBinaries.find(major, null, message -> {}));
                Cluster cluster = sandbox.createSource(SourceSettings.of(Map.of()))) {
            cluster.awaitReady(Duration.ofSeconds(30));
            try (Connection connection = cluster.connection().openSql("postgres")) {
                for (Instant first : MOMENTS.stream().map(Instant::parse).toList()) {
                    for (String shown : List.of("00:29", "02:29", "06:13", "1d 14:00", "23:59:59")) {
                        for (long apart : List.of(1_000L, 2_345L, 61_000L)) {
                            RepeatedTime time =
                                    new RepeatedTime(first, first.plusMillis(apart), StoryTime.parse(shown));
                            Map<String, String> told = time.told(Liberties.NONE).settings();

                            assertThat(taken(told, connection))
                                    .as("%s, shown as %s", first, told)
                                    .isEqualTo(first.plusSeconds(apart / 1000));
                        }
                    }
                }
            }
        }
    }

    @Test
    void theClockShowsTheTimeOfTheStory() {
        Instant first = Instant.parse("2026-11-22T06:13:27.412345Z");

        assertThat(new RepeatedTime(first, first.plusSeconds(1), StoryTime.parse("11:29"))
                        .told(Liberties.NONE)
                        .settings())
                .containsEntry("recovery_target_time", "2026-11-22 11:29:28.412345")
                .containsEntry("timezone", "WINTER-05:16:00SUMMER-05:16:01,J181/0,J326/11:29:29");
        assertThat(new RepeatedTime(first, first.plusSeconds(1), StoryTime.parse("02:29"))
                        .told(Liberties.NONE)
                        .settings())
                .containsEntry("recovery_target_time", "2026-11-22 02:29:28.412345")
                .containsEntry("timezone", "WINTER+03:44:00SUMMER+03:43:59,J181/0,J326/02:29:29");
    }

    @Test
    void keepsWhatElseTheServerIsTold() {
        Liberties others = new Liberties(Map.of("archive_mode", "on"), List.of(Path.of("/archive")));
        Instant first = Instant.parse("2026-11-22T06:13:27Z");

        Liberties told = new RepeatedTime(first, first.plusSeconds(1), StoryTime.parse("02:29")).told(others);

        assertThat(told.settings()).containsEntry("archive_mode", "on").containsKey("timezone");
        assertThat(told.writable()).isEqualTo(others.writable());
    }

    @Test
    void timeZonesKnowNoPartsOfASecond() {
        Instant first = Instant.parse("2026-11-22T06:13:27Z");

        assertThatThrownBy(() -> new RepeatedTime(first, first.plusMillis(999), StoryTime.parse("02:29")))
                .hasMessageContaining("expected a second in between");
    }

    private static Instant taken(Map<String, String> told, Connection connection) throws SQLException {
        try (PreparedStatement zone = connection.prepareStatement("SELECT set_config('timezone', ?, false)")) {
            zone.setString(1, told.get("timezone"));
            zone.execute();
        }
        try (PreparedStatement reading = connection.prepareStatement("SELECT ?::timestamptz")) {
            reading.setString(1, told.get("recovery_target_time"));
            try (ResultSet row = reading.executeQuery()) {
                row.next();
                return row.getObject(1, OffsetDateTime.class).toInstant().truncatedTo(ChronoUnit.MICROS);
            }
        }
    }
}
