package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.replication.LocalServer;
import dev.pitrproof.replication.ReplicationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A backup of a standby, which is promoted while it is being backed up. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class PromotedMeanwhileTest {

    private static LocalServer primary;

    @BeforeAll
    static void startPrimary() throws IOException {
        primary = LocalServer.start();
    }

    @AfterAll
    static void stopPrimary() throws IOException {
        if (primary != null) {
            primary.close();
        }
    }

    @ParameterizedTest
    @EnumSource(BackupFormat.class)
    void endsWithTheReasonAndLeavesNothing(BackupFormat format) throws Exception {
        Path data = primary.newPath("standby-" + format);
        BaseBackupTaker.take(
                primary.overSocket(),
                BackupRequest.into(data, "standby").sync(false).build(),
                BackupProgress.SILENT);
        Files.createFile(data.resolve("standby.signal"));
        Path backups = Files.createDirectory(primary.newPath("backups-" + format));
        BackupRequest request = BackupRequest.into(backups.resolve("nightly"), "nightly")
                .format(format)
                .sync(false)
                .build();

        try (LocalServer standby = primary.startOn(data)) {
            BaseBackup sound = BaseBackupTaker.take(
                    standby.overSocket(),
                    BackupRequest.into(primary.newPath("sound-" + format), "sound")
                            .format(format)
                            .sync(false)
                            .build(),
                    BackupProgress.SILENT);
            assertThat(sound.isSound()).as("of a standby that stays one").isTrue();

            AtomicBoolean promoted = new AtomicBoolean();
            assertThatThrownBy(() -> BaseBackupTaker.take(standby.overSocket(), request, new BackupProgress() {
                        @Override
                        public void received(long bytes) {
                            if (promoted.compareAndSet(false, true)) {
                                standby.sql("SELECT pg_promote()");
                            }
                        }
                    }))
                    .isInstanceOf(ReplicationException.class)
                    .hasMessageContaining("the standby was promoted during online backup")
                    .hasMessageContaining("HINT: ");

            assertThat(standby.query("SELECT count(*) FROM pg_replication_slots"))
                    .isEqualTo("0");
        }
        try (Stream<Path> left = Files.list(backups)) {
            assertThat(left).isEmpty();
        }
    }
}
