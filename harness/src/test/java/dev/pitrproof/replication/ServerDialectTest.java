package dev.pitrproof.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerDialectTest {

    private static final BaseBackupOptions OPTIONS = new BaseBackupOptions(
            "it's", true, false, false, true, OptionalInt.of(64), false, "yes", "SHA256", false, null, null, null);

    @ParameterizedTest
    @ValueSource(ints = {13, 14})
    void asksOldServersByKeywords(int major) {
        ServerDialect dialect = new ServerDialect(major);

        assertThat(dialect.baseBackup(OPTIONS))
                .isEqualTo("BASE_BACKUP LABEL 'it''s' PROGRESS FAST NOWAIT MAX_RATE 64 NOVERIFY_CHECKSUMS"
                        + " MANIFEST 'yes' MANIFEST_CHECKSUMS 'SHA256'");
        assertThat(dialect.createPhysicalSlot("s", true, true))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" TEMPORARY PHYSICAL RESERVE_WAL");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void asksNewServersInParentheses(int major) {
        ServerDialect dialect = new ServerDialect(major);

        assertThat(dialect.baseBackup(OPTIONS))
                .isEqualTo("BASE_BACKUP (LABEL 'it''s', PROGRESS, CHECKPOINT 'fast', WAIT 0, MAX_RATE 64,"
                        + " VERIFY_CHECKSUMS 0, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')");
        assertThat(dialect.createPhysicalSlot("s", false, true))
                .isEqualTo("CREATE_REPLICATION_SLOT \"s\" PHYSICAL (RESERVE_WAL)");
    }

    @Test
    void refusesServersThatMakeNoManifest() {
        assertThatThrownBy(() -> new ServerDialect(12))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("server version is 12: expected 13 or newer");
    }
}
