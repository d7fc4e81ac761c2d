package dev.pitrproof.junit;

import static dev.pitrproof.junit.RestoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.drill.QuietMoment;
import dev.pitrproof.drill.RestoredCluster;
import dev.pitrproof.drill.SourceCluster;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.proof.RecoveryTarget;
import dev.pitrproof.restore.TableDigest;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Restores on real servers, asked for in Java. */
class SourceClusterTest {

    private static final int MAJOR = 17;

    @Test
    @WithSourceCluster(postgres = MAJOR, parameters = "work_mem=5MB")
    void eachKindOfTargetIsReachedExactly(SourceCluster source) throws Exception {
        source.execute("CREATE TABLE notes (note text)");
        BaseBackup backup = source.takeBaseBackup("first");
        source.execute("INSERT INTO notes VALUES ('one')");
        QuietMoment one = source.quietMoment();
        source.execute("INSERT INTO notes VALUES ('two')");
        source.createRestorePoint("two notes");
        source.execute("INSERT INTO notes VALUES ('three')");

        assertThat(source.restoreTo(one))
                .isProven()
                .stoppedExactlyAt(one)
                .answers("SELECT string_agg(note, ' ') FROM notes", "one");
        assertThat(source.restoreTo(new RecoveryTarget.Name("two notes")))
                .isProven()
                .answers("SELECT count(*) FROM notes", "2");
        assertThat(source.restoreTo(new RecoveryTarget.Xid((int) one.nextXid(), false)))
                .isProven()
                .answers("SELECT count(*) FROM notes", "1");
        assertThat(source.restore(backup, new RecoveryTarget.AtLsn(one.lsn(), false)))
                .isProven()
                .stoppedExactlyAt(one)
                .hasTable("notes");
    }

    @Test
    @WithSourceCluster(postgres = MAJOR)
    void assertionsSayWhatIsWrong(SourceCluster source) throws Exception {
        source.takeBaseBackup("first");
        source.execute("CREATE TABLE notes (note text)");
        QuietMoment empty = source.quietMoment();
        source.execute("INSERT INTO notes VALUES ('one')");
        TableDigest full = source.digest("notes");
        QuietMoment later = source.quietMoment();
        RestoredCluster restored = source.restoreTo(empty);

        assertThat(restored).isProven();
        assertThatFails(() -> assertThat(restored).isRefuted(FindingCode.DATA_DIFFERS))
                .withMessageContaining("to be REFUTED DATA_DIFFERS, but it is PROVEN");
        assertThatFails(() -> assertThat(restored).stoppedExactlyAt(later))
                .withMessageContaining("1 that ended up to it are missing");
        assertThatFails(() -> assertThat(restored).hasTable("letters"))
                .withMessageMatching(
                        "expected the restore to time \\S+ to have the table letters, but it does not exist");
        assertThatFails(() -> assertThat(restored).hasNoTable("notes")).withMessageContaining("but it exists");
        assertThatFails(() -> assertThat(restored).hasTable("notes", full))
                .withMessageContaining("1 rows, digest")
                .withMessageContaining("0 rows, digest 0");
        assertThatFails(() -> assertThat(restored).answers("SELECT 1", "2")).withMessageContaining("SELECT 1");
        assertThatFails(() -> assertThat(restored).answers("SELECT no_such_column", "2"))
                .withMessageContaining("column \"no_such_column\" does not exist");
    }

    @Test
    @WithSourceCluster(postgres = MAJOR)
    void aTargetBeforeTheBackupIsRefusedAndSaysWhy(SourceCluster source) throws Exception {
        source.execute("CREATE TABLE notes (note text)");
        QuietMoment tooEarly = source.quietMoment();
        source.execute("SELECT pg_sleep(1.1)"); // a checkpoint's time is in whole seconds
        source.takeBaseBackup("later");

        RestoredCluster refused = source.restoreTo(tooEarly);

        assertThat(refused).isRefuted(FindingCode.BEFORE_CONSISTENCY);
        assertThat(refused.isUp()).isFalse();
        assertThatFails(() -> assertThat(refused).isProven())
                .withMessageContaining("to be PROVEN, but it is REFUTED")
                .withMessageContaining(
                        "target-reached: BEFORE_CONSISTENCY: expected a target behind the end of backup" + " \"later\"")
                .withMessageContaining("HINT: restore from an older backup, or to a later target");
        assertThatFails(() -> assertThat(refused).hasTable("notes")).withMessageContaining("but it is no cluster");
    }

    @Test
    void nothingOfATestsClusterIsLeft() {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(Kept.class))
                .execute()
                .testEvents()
                .assertStatistics(seen -> seen.started(1).succeeded(1));

        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> Objects.requireNonNull(Kept.SOURCE.get()).connect());
    }

    /** Run by the test above only. */
    @WithSourceCluster(postgres = MAJOR)
    static class Kept {

        static final AtomicReference<SourceCluster> SOURCE = new AtomicReference<>();

        @Test
        void keepsItsCluster(SourceCluster source) throws SQLException {
            source.execute("SELECT 1");
            SOURCE.set(source);
        }
    }

    private static ThrowableAssertAlternative<AssertionError> assertThatFails(ThrowingCallable assertion) {
        return assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion);
    }
}
