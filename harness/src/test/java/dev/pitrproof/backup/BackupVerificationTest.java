package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.backup.Mismatch.Kind;
import dev.pitrproof.replication.LocalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupVerificationTest {

    private static final String TABLE = "base/1/1259";

    private static LocalServer server;
    private static BaseBackup taken;
    private static Path byPeer;
    private static Path peersTablespace;

    private BackupCopy backup;

    @BeforeAll
    static void takeBackups() throws IOException {
        server = LocalServer.start();
        Path onServer = server.createDirectory("tablespace");
        server.sql(
                "CREATE TABLESPACE elsewhere LOCATION '" + onServer + "'",
                "CREATE TABLE far_away TABLESPACE elsewhere AS SELECT g FROM generate_series(1, 777) g");
        BackupRequest request = BackupRequest.into(server.newPath("taken"), "taken")
                .sync(false)
                .tablespaceMappings(Map.of(onServer, server.newPath("taken-tablespace")))
                .build();
        taken = BaseBackupTaker.take(server.overSocket(), request, BackupProgress.SILENT);
        peersTablespace = server.newPath("peers-tablespace");
        byPeer = server.pgBasebackup("by-peer", "-Fp", "-T", onServer + "=" + peersTablespace);
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void copy(@TempDir Path temporary) throws IOException {
        backup = BackupCopy.of(byPeer, temporary.resolve("backup"));
    }

    private BackupFindings verify() throws IOException {
        return BackupVerification.of(backup.directory(), 2).run(VerificationProgress.SILENT);
    }

    private BackupFindings verify(VerificationSettings settings) throws IOException {
        return BackupVerification.of(backup.directory(), settings).run(VerificationProgress.SILENT);
    }

    private List<String> peerSays() throws IOException {
        return server.complaints(backup.directory(), "-n")
                .lines()
                .filter(line -> line.startsWith("pg_verifybackup: error: "))
                .map(line -> line.substring("pg_verifybackup: error: ".length()))
                .sorted()
                .toList();
    }

    @Test
    void findsABackupOfPgBasebackupInOrder() throws IOException {
        BackupFindings findings = verify();
        BackupManifest manifest = BackupManifest.read(backup.file("backup_manifest"));

        assertThat(findings.mismatches()).isEmpty();
        assertThat(findings.notes()).isEmpty();
        assertThat(findings.isSound()).isTrue();
        assertThat(findings.manifest()).isEqualTo(manifest.withFiles(List.of()));
        assertThat(findings.files()).isEqualTo(manifest.files().size() - 1); // postgresql.auto.conf
        assertThat(findings.bytes())
                .isEqualTo(manifest.files().stream()
                        .filter(file -> !file.path().equals("postgresql.auto.conf"))
                        .mapToLong(BackupManifest.FileEntry::size)
                        .sum());
        assertThat(findings.filesBySizeOnly()).isZero();
        assertThat(findings.systemIdentifier()).isEqualTo(taken.systemIdentifier());
    }

    @Test
    void findsABackupOfOurOwnInOrder() throws IOException {
        BackupFindings findings = BackupVerification.of(taken.directory(), 1).run(VerificationProgress.SILENT);

        assertThat(findings.isSound()).isTrue();
        assertThat(findings.notes()).isEmpty();
        assertThat(findings.manifest().checksum()).isEqualTo(taken.manifestSha256());
    }

    /** What may befall a file. */
    @FunctionalInterface
    interface Fault {
        void befall(BackupCopy copy) throws IOException;
    }

    private static Arguments fault(String name, Kind kind, Fault fault) {
        return Arguments.of(Named.of(name, fault), kind);
    }

    static List<Arguments> faults() {
        return List.of(
                fault("flipped byte", Kind.CHECKSUM, copy -> copy.flipByte(TABLE, 8191)),
                fault("foreign control file", Kind.CHECKSUM, copy -> copy.flipByte("global/pg_control", 0)),
                fault("missing", Kind.MISSING, copy -> copy.delete(TABLE)),
                fault("appended byte", Kind.SIZE, copy -> copy.append(TABLE)),
                fault("truncated", Kind.SIZE, copy -> copy.truncate(TABLE, 8191)),
                fault("emptied", Kind.SIZE, copy -> copy.truncate("PG_VERSION", 0)),
                fault("extra", Kind.EXTRA, copy -> copy.add("base/1/intruder", "x")),
                fault("stale pid", Kind.EXTRA, copy -> copy.add("postmaster.pid", "1\n")),
                fault("label lost", Kind.MISSING, copy -> copy.delete("backup_label")),
                fault("directory in place", Kind.MISSING, copy -> {
                    copy.delete(TABLE);
                    Files.createDirectory(copy.file(TABLE));
                }));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void findsWhatPgVerifybackupFindsInItsWords(Fault fault, Kind kind) throws IOException {
        fault.befall(backup);

        BackupFindings findings = verify();

        assertThat(findings.mismatches()).extracting(Mismatch::kind).containsExactly(kind);
        assertThat(peerSays()).singleElement().satisfies(peer -> assertThat(
                        findings.mismatches().get(0).toString())
                .startsWith(peer));
        assertThat(findings.isSound()).isFalse();
    }

    @Test
    void findsEverythingAtOnce() throws IOException {
        backup.flipByte(TABLE, 0);
        backup.delete("base/1/PG_VERSION");
        backup.add("base/1/intruder", "x");

        List<String> found = verify().mismatches().stream()
                .map(mismatch -> mismatch.toString().replaceFirst(": the manifest says.*", ""))
                .sorted()
                .toList();
        assertThat(found).hasSize(3).isEqualTo(peerSays());
        assertThat(verify(new VerificationSettings(2, null, true, true, List.of()))
                        .mismatches())
                .hasSize(1);
        assertThat(verify(new VerificationSettings(2, null, true, false, List.of("base/1")))
                        .isSound())
                .isTrue();
    }

    @Test
    void followsTablespaces() throws IOException {
        Path extra = Files.writeString(peersTablespace.resolve("intruder"), "x");
        try {
            assertThat(verify().mismatches()).singleElement().satisfies(mismatch -> {
                assertThat(mismatch.kind()).isEqualTo(Kind.EXTRA);
                assertThat(mismatch.path()).matches("pg_tblspc/\\d+/intruder");
            });
        } finally {
            Files.delete(extra);
        }
        assertThat(verify().isSound()).isTrue();
    }

    @Test
    void missesTheFilesOfATablespaceWhoseLinkLeadsNowhere() throws IOException {
        Path link;
        try (Stream<Path> links = Files.list(backup.file("pg_tblspc"))) {
            link = links.findFirst().orElseThrow();
        }
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("/nowhere"));

        BackupFindings findings = verify();

        assertThat(findings.mismatches()).extracting(Mismatch::kind).containsOnly(Kind.MISSING);
        assertThat(findings.mismatches().get(0).path()).startsWith("pg_tblspc/" + link.getFileName() + "/PG_15");
        assertThat(findings.notes())
                .singleElement()
                .asString()
                .endsWith("is a link to \"/nowhere\", which is not there");
    }

    @Test
    void doesNotTrustAManifestThatWasChanged() throws IOException {
        Path manifest = backup.file("backup_manifest");
        Files.writeString(manifest, Files.readString(manifest).replace("\"PG_VERSION\"", "\"PG_VERSIOM\""));

        BackupFindings findings = verify();

        assertThat(findings.mismatches()).singleElement().asString().startsWith("manifest checksum mismatch: it says ");
        assertThat(findings.hasManifest()).isFalse();
        assertThat(findings.isSound()).isFalse();
        assertThat(server.complaints(backup.directory())).contains("manifest checksum mismatch");
    }

    @Test
    void doesNotTrustAManifestThatNamesAFileTwiceOrOutside() throws IOException {
        backup.rewriteManifest("\"Path\": \"PG_VERSION\"", "\"Path\": \"backup_label\"");
        assertThat(verify().mismatches())
                .singleElement()
                .hasToString("duplicate path name in backup manifest: \"backup_label\"");

        backup.rewriteManifest("\"Path\": \"backup_label\", \"Size\": 3", "\"Path\": \"../PG_VERSION\", \"Size\": 3");
        assertThat(verify().mismatches())
                .extracting(Mismatch::kind)
                .containsExactlyInAnyOrder(Kind.MISSING, Kind.EXTRA);
    }

    @Test
    void saysThatTheControlFileIsOfAnotherCluster() throws IOException {
        String version1 = "\"PostgreSQL-Backup-Manifest-Version\": 1,";
        String version2 = "\"PostgreSQL-Backup-Manifest-Version\": 2,\n\"System-Identifier\": ";
        backup.rewriteManifest(version1, version2 + taken.systemIdentifier() + ",");
        assertThat(verify().isSound()).isTrue();

        backup.rewriteManifest("\"System-Identifier\": " + taken.systemIdentifier(), "\"System-Identifier\": 42");
        assertThat(verify().mismatches())
                .singleElement()
                .hasToString("manifest system identifier is 42, but control file \"global/pg_control\" has "
                        + taken.systemIdentifier());
    }

    @Test
    void saysWithoutAManifestThatThereIsNone() throws IOException {
        backup.delete("backup_manifest");

        assertThat(verify().hasManifest()).isFalse();
        assertThat(verify().isSound()).isFalse();
        assertThat(verify().mismatches()).isEmpty();
    }

    @Test
    void comparesSizesWhereThereAreNoChecksumsAndSaysSo() throws IOException {
        backup = new BackupCopy(server.pgBasebackup(
                "no-checksums",
                "-Fp",
                "-T",
                server.newPath("tablespace") + "=" + server.newPath("no-checksums-tablespace"),
                "--manifest-checksums=NONE"));
        backup.flipByte(TABLE, 0);
        assertThat(verify().isSound()).isTrue();
        assertThat(verify().filesBySizeOnly()).isEqualTo(verify().files()).isGreaterThan(500);
        assertThat(verify().bytes()).isZero();

        backup.append(TABLE);
        assertThat(verify().mismatches()).extracting(Mismatch::kind).containsExactly(Kind.SIZE);
    }

    @Test
    void notesWhatMaySurpriseWhoeverRestores() throws IOException {
        backup.add("standby.signal", "");
        backup.add("recovery.signal", "");
        backup.add("postgresql.auto.conf", "# x\nprimary_conninfo = 'host=live'\nwork_mem = '4MB'\n");
        backup.add("pg_wal/whatever", "x");
        backup.delete("pg_serial");
        Files.setPosixFilePermissions(backup.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));

        BackupFindings findings = verify();

        assertThat(findings.isSound()).isTrue();
        List<String> beginnings = new ArrayList<>();
        findings.notes().forEach(note -> beginnings.add(note.replaceFirst(":.*", "")));
        assertThat(beginnings)
                .containsExactlyInAnyOrder(
                        "standby.signal is in the backup",
                        "recovery.signal is in the backup",
                        "postgresql.auto.conf sets primary_conninfo",
                        "directory pg_serial is missing",
                        "the directory has mode rwxr-xr-x");
        assertThat(peerSays()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg_notify", "pg_logical/mappings", "pg_subtrans"})
    void findsThatNoServerWouldStartForWantOfAnEmptyDirectory(String lost) throws IOException {
        backup.delete(lost);

        assertThat(verify().mismatches())
                .singleElement()
                .hasToString("directory \"" + lost + "\" is missing: no server starts without it");
    }

    @Test
    void knowsWhichServersDoNotStartWithoutDirectoriesForStatistics() throws IOException {
        backup.delete("pg_stat_tmp");
        assertThat(verify().isSound()).isTrue();
        assertThat(verify().notes())
                .containsExactly("directory pg_stat_tmp is missing: a server starts without, and fails later");

        backup.add("PG_VERSION", "14\n");
        assertThat(verify().mismatches())
                .extracting(Mismatch::kind)
                .containsExactlyInAnyOrder(Kind.CHECKSUM, Kind.DIRECTORY);
        assertThat(verify().notes()).isEmpty();
    }

    @Test
    void refusesWhatIsNoDirectory() {
        assertThatThrownBy(
                        () -> BackupVerification.of(backup.file("nowhere"), 2).run(VerificationProgress.SILENT))
                .isInstanceOf(NoSuchFileException.class);
    }
}
