package dev.pitrproof.backup.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.backup.BackupFindings;
import dev.pitrproof.backup.BackupLabel;
import dev.pitrproof.backup.BackupVerification;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.VerificationProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The chain of a server of PostgreSQL 18 (in CI of 17 as well): combined, and refused where it is none. */
class BackupChainTest {

    @SuppressWarnings("NullAway.Init")
    private static ChainSource source;

    @SuppressWarnings("NullAway.Init")
    private static List<Path> chain;

    @SuppressWarnings("NullAway.Init")
    private static String rows;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    @BeforeAll
    static void takeBackups() throws IOException, SQLException {
        source = ChainSource.start(18);
        chain = source.take();
        rows = source.rows();
    }

    @AfterAll
    static void close() throws IOException {
        if (source != null) {
            source.close();
        }
    }

    static Stream<Integer> majors() {
        return "true".equals(System.getenv("CI")) ? Stream.of(17, 18) : Stream.of(18);
    }

    @ParameterizedTest
    @MethodSource("majors")
    void isTheFullBackupThatWasNotTaken(int major) throws IOException, SQLException {
        if (major == 18) {
            assertCombined(source, chain, rows);
            return;
        }
        try (ChainSource other = ChainSource.start(major)) {
            assertCombined(other, other.take(), other.rows());
        }
    }

    private static void assertCombined(ChainSource from, List<Path> members, String expected)
            throws IOException, SQLException {
        BackupChain opened = BackupChain.of(members);
        opened.verify(2);
        Path into = from.sandbox().createDirectory("combined");
        List<Path> tablespaces = new ArrayList<>();
        BaseBackup combined = opened.combine(into, oid -> {
            tablespaces.add(from.sandbox().createDirectory("combined-" + oid));
            return tablespaces.get(tablespaces.size() - 1);
        });

        assertThat(combined.label().isIncremental()).isFalse();
        assertThat(combined.label().label()).isEqualTo("second");
        assertThat(combined.startLsn()).isEqualTo(opened.newest().startLsn());
        assertThat(tablespaces).hasSize(1);
        assertThat(Files.readString(into.resolve(BackupLabel.FILE_NAME)))
                .isEqualTo(Files.readString(members.get(2).resolve(BackupLabel.FILE_NAME))
                        .replaceAll("INCREMENTAL FROM .*\n", ""));
        BackupFindings findings = BackupVerification.of(into, 2).run(VerificationProgress.SILENT);
        assertThat(findings.mismatches()).isEmpty();
        assertThat(findings.notes()).isEmpty();
        assertThat(findings.files()).isGreaterThan(900);
        assertThat(from.rowsIn(into, tablespaces)).isEqualTo(expected);
    }

    @Test
    void oneIncrementalIsAChainToo() throws IOException {
        BackupChain.of(chain.subList(0, 2)).verify(2);
        assertThat(BackupChain.of(chain.subList(0, 1)).newest().label().isIncremental())
                .isFalse();
    }

    @Test
    void whoMayReadTheFullBackupMayReadTheWhole() throws IOException {
        Path full = chain.get(0);
        Set<PosixFilePermission> before = Files.getPosixFilePermissions(full);
        Files.setPosixFilePermissions(full, PosixFilePermissions.fromString("rwxr-x---"));
        try {
            assertThat(modesOfCombined()).containsOnly("rw-r-----");
        } finally {
            Files.setPosixFilePermissions(full, before);
        }
        assertThat(modesOfCombined()).containsOnly("rw-------");
    }

    private static Set<String> modesOfCombined() throws IOException {
        Path into = source.sandbox().createDirectory("combined-" + NUMBER.incrementAndGet());
        BackupChain.of(chain)
                .combine(into, oid -> source.sandbox().createDirectory("space-" + NUMBER.incrementAndGet()));
        Set<String> modes = new TreeSet<>();
        try (Stream<Path> files = Files.walk(into)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                modes.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
        return modes;
    }

    @Test
    void aMissingLink() {
        assertRefused(
                List.of(chain.get(0), chain.get(2)),
                "backup \"" + chain.get(2) + "\" is incremental to a backup that begins at ",
                ": found \"" + chain.get(0) + "\", which begins at ");
    }

    @Test
    void theWrongOrder() {
        assertRefused(
                List.of(chain.get(0), chain.get(2), chain.get(1)),
                "backup \"" + chain.get(2) + "\" is incremental to a backup that begins at ",
                "found \"" + chain.get(0) + "\"");
    }

    @Test
    void noFullBackup() {
        assertRefused(
                chain.subList(1, 3),
                "backup \"" + chain.get(1) + "\" is incremental, to a backup that begins at ",
                ": expected a full backup as the oldest");
    }

    @Test
    void twoFullBackups() {
        assertRefused(
                List.of(chain.get(0), chain.get(0)),
                "backup \"" + chain.get(0) + "\" is a full backup: expected one that is incremental to \""
                        + chain.get(0) + "\"");
    }

    @Test
    void aBackupOfAnotherCluster() throws IOException, SQLException {
        try (ChainSource other = ChainSource.start(18)) {
            Path foreign = other.backup("foreign", null);
            assertRefused(
                    List.of(foreign, chain.get(1), chain.get(2)),
                    "backup \"" + chain.get(1) + "\" is of system ",
                    " as that of \"" + foreign + "\"");

            other.execute("ALTER SYSTEM SET summarize_wal = off", "SELECT pg_reload_conf()");
            Awaitility.await().atMost(ChainSource.PATIENCE).until(() -> other.setting("summarize_wal")
                    .equals("off"));
            assertThatThrownBy(() -> other.backup("more", foreign))
                    .hasMessageContaining("summar")
                    .hasMessageContaining(
                            "HINT: an incremental backup needs summarize_wal = on, since before the backup");
        }
    }

    private static void assertRefused(List<Path> members, String... words) {
        assertThatThrownBy(() -> BackupChain.of(members)).isInstanceOfSatisfying(BrokenChainException.class, e -> {
            assertThat(e.getMessage()).contains(words).doesNotContain("\n");
            assertThat(e.hint()).isNotEmpty();
        });
    }

    @Test
    void aDamagedMemberIsFoundByItsManifest() throws IOException {
        for (int i = 0; i < chain.size(); i++) {
            Path member = chain.get(i);
            Path victim = i == 0 ? largest(member, "") : largest(member, Combination.PREFIX);
            byte[] content = Files.readAllBytes(victim);
            byte[] damaged = content.clone();
            damaged[damaged.length - 100] ^= 0x10;
            Files.write(victim, damaged);
            try {
                assertThatThrownBy(() -> BackupChain.of(chain).verify(2))
                        .isInstanceOf(BrokenChainException.class)
                        .hasMessageContaining("backup \"" + member + "\" is damaged: ")
                        .hasMessageContaining(member.relativize(victim).toString());
            } finally {
                Files.write(victim, content);
            }
        }
    }

    @Test
    void aPartThatMakesNoSense() throws IOException {
        Path victim = largest(chain.get(2), Combination.PREFIX);
        byte[] content = Files.readAllBytes(victim);
        byte[] damaged = content.clone();
        damaged[0] ^= 1;
        assertCombiningFails(victim, damaged, "file \"" + victim + "\": magic number is 0xd3ae1f0c");
        byte[] shorter = Arrays.copyOf(content, content.length - 1);
        assertCombiningFails(
                victim, shorter, "file \"" + victim + "\": it has " + shorter.length + " bytes: expected ");
    }

    @Test
    void aPartOfWhichTheOlderBackupHasNothing() throws IOException {
        Path part = largest(chain.get(2), Combination.PREFIX);
        String name = String.valueOf(part.getFileName());
        Path relative = chain.get(2).relativize(part).getParent();
        Path inFirst = chain.get(1).resolve(relative).resolve(name);
        Path older =
                Files.exists(inFirst) ? inFirst : inFirst.resolveSibling(name.substring(Combination.PREFIX.length()));
        Path aside = older.resolveSibling("aside");
        Files.move(older, aside);
        try {
            assertThatThrownBy(() -> combine(chain))
                    .isInstanceOf(BrokenChainException.class)
                    .hasMessageContaining("backup \"" + chain.get(1) + "\" has neither ")
                    .hasMessageContaining("to which \"" + part + "\" adds");
        } finally {
            Files.move(aside, older);
        }
    }

    private static void assertCombiningFails(Path victim, byte[] damaged, String message) throws IOException {
        byte[] content = Files.readAllBytes(victim);
        Files.write(victim, damaged);
        try {
            assertThatThrownBy(() -> combine(chain))
                    .isInstanceOf(BrokenChainException.class)
                    .hasMessageContaining(message);
        } finally {
            Files.write(victim, content);
        }
    }

    private static BaseBackup combine(List<Path> members) throws IOException {
        String name = "attempt-" + NUMBER.incrementAndGet();
        return BackupChain.of(members).combine(source.sandbox().createDirectory(name), oid -> source.sandbox()
                .createDirectory(name + "-" + oid));
    }

    private static Path largest(Path member, String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(member.resolve("base"))) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches(prefix.replace(".", "\\.") + "\\d+"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }
}
