package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pitrproof.backup.Mismatch.Kind;
import dev.pitrproof.replication.LocalServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TarBackupTest {

    private static LocalServer server;
    private static Path gzip;
    private static String oid;

    private Path temporary;
    private Path unpacked;

    @BeforeAll
    static void takeBackup() throws IOException {
        server = LocalServer.start();
        Path onServer = server.createDirectory("tablespace");
        server.sql(
                "CREATE TABLESPACE elsewhere LOCATION '" + onServer + "'",
                "CREATE TABLE far_away TABLESPACE elsewhere AS SELECT g FROM generate_series(1, 777) g");
        oid = server.query("SELECT oid FROM pg_tablespace WHERE spcname = 'elsewhere'");
        gzip = server.pgBasebackup("gzip", "-Ft", "-z");
    }

    @AfterAll
    static void stopServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void name(@TempDir Path directory) {
        temporary = directory;
        unpacked = directory.resolve("unpacked");
    }

    private Path tablespaceHere(String tablespace) {
        return temporary.resolve("tablespace-" + tablespace);
    }

    private BackupFindings unpack(Path backup) throws IOException {
        return TarBackup.open(backup)
                .unpack(unpacked, this::tablespaceHere, VerificationSettings.everything(), VerificationProgress.SILENT);
    }

    private static BackupFindings verify(Path backup) throws IOException {
        return TarBackup.open(backup).verify(VerificationSettings.everything(), null, VerificationProgress.SILENT);
    }

    private BackupCopy copy() throws IOException {
        return BackupCopy.of(gzip, temporary.resolve("copy"));
    }

    @ParameterizedTest
    @CsvSource({
        "plain,          -Ft",
        "gzip-client,    -Ft --compress=gzip:1",
        "lz4-client,     -Ft --compress=client-lz4",
        "zstd-server,    -Ft --compress=server-zstd:1",
        "lz4-server,     -Ft --compress=server-lz4",
        "fetched,        -Ft -X fetch",
        "without-wal,    -Ft -X none",
        "sha256,         -Ft --manifest-checksums=SHA256"
    })
    void unpacksWhatPgBasebackupWroteAsItIsInPlainFormat(String name, String options) throws IOException {
        Path backup = server.pgBasebackup(name, options.split(" "));
        assertThat(TarBackup.isTar(backup)).isTrue();

        BackupFindings findings = unpack(backup);

        assertThat(findings.mismatches()).isEmpty();
        assertThat(findings.notes()).isEmpty();
        assertThat(findings.isSound()).isTrue();
        assertThat(findings.files()).isGreaterThan(500);
        assertThat(findings.systemIdentifier()).isNotNull();
        assertThat(unpacked.resolve("pg_tblspc/" + oid).toRealPath())
                .isEqualTo(tablespaceHere(oid).toRealPath());
        assertThat(unpacked.resolve("tablespace_map")).doesNotExist();
        assertThat(findings.bytes())
                .isEqualTo(BackupManifest.read(backup.resolve("backup_manifest")).files().stream()
                        .filter(file -> !VerificationSettings.everything().ignores(file.path()))
                        .mapToLong(BackupManifest.FileEntry::size)
                        .sum());
        // all but the map, which the links stand for
        BackupFindings again = BackupVerification.of(unpacked, 2).run(VerificationProgress.SILENT);
        assertThat(again.mismatches())
                .singleElement()
                .isEqualTo(new Mismatch(
                        Kind.MISSING,
                        "tablespace_map",
                        again.mismatches().get(0).expected(),
                        ""));
        assertThat(verify(backup)).usingRecursiveComparison().isEqualTo(findings);
    }

    @Test
    void unpacksADataDirectoryThatAServerStartsOn() throws IOException {
        unpacked = server.newPath("started");
        Path tablespace = server.newPath("started-tablespace");
        TarBackup.open(gzip)
                .unpack(unpacked, each -> tablespace, VerificationSettings.everything(), VerificationProgress.SILENT);
        try (Stream<Path> data = Files.walk(unpacked);
                Stream<Path> space = Files.walk(tablespace)) {
            assertThat(Stream.concat(data, space)
                            .filter(each -> !Files.isSymbolicLink(each))
                            .map(TarBackupTest::mode)
                            .distinct())
                    .containsExactlyInAnyOrder("rwx------", "rw-------");
        }

        server.handOver(tablespace);
        try (LocalServer started = server.startOn(unpacked)) {
            assertThat(started.query("SELECT count(*) FROM far_away")).isEqualTo("777");
        }
    }

    private static String mode(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void findsWhatDiffersFromTheManifest() throws IOException {
        BackupCopy copy = copy();
        copy.rewriteManifest("\"Path\": \"base/1/PG_VERSION\"", "\"Path\": \"base/1/PG_VERSIOM\"");
        assertThat(verify(copy.directory()).mismatches())
                .extracting(Mismatch::toString)
                .containsExactly(
                        "\"base/1/PG_VERSIOM\" is present in the manifest but not on disk",
                        "\"base/1/PG_VERSION\" is present on disk but not in the manifest");

        assertThat(unpack(copy.directory()).mismatches()).hasSize(2);
        assertThat(unpacked.resolve("base/1/PG_VERSION")).exists();
    }

    @Test
    void findsAChangedFile() throws IOException {
        Path plain = server.pgBasebackup("flipped", "-Ft");
        byte[] base = Files.readAllBytes(plain.resolve("base.tar"));
        int at = indexOf(base, "base/1/1259\0") + 512 + 100;
        base[at] ^= 1;
        Files.write(plain.resolve("base.tar"), base);

        assertThat(verify(plain).mismatches())
                .singleElement()
                .asString()
                .startsWith("checksum mismatch for file \"base/1/1259\": the manifest says CRC32C ");
    }

    private static int indexOf(byte[] bytes, String name) {
        byte[] wanted = name.getBytes(StandardCharsets.US_ASCII);
        for (int at = 0; at < bytes.length; at += 512) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError(name + " is not in the tar file");
    }

    /** What may befall a tar file, and what is said then. */
    enum Fault {
        TRUNCATED("base.tar.gz", "the compressed file ends in the middle, after ") {
            @Override
            void befall(BackupCopy copy) throws IOException {
                copy.truncate("base.tar.gz", Files.size(copy.file("base.tar.gz")) / 2);
            }
        },
        DAMAGED_COMPRESSION("base.tar.gz", "it cannot be decompressed after ") {
            @Override
            void befall(BackupCopy copy) throws IOException {
                byte[] nonsense = "no deflate here, no deflate here, no deflate here"
                        .repeat(9)
                        .getBytes(StandardCharsets.US_ASCII);
                byte[] bytes = Files.readAllBytes(copy.file("base.tar.gz"));
                System.arraycopy(nonsense, 0, bytes, bytes.length / 2, nonsense.length);
                Files.write(copy.file("base.tar.gz"), bytes);
            }
        },
        NO_GZIP("base.tar.gz", "it cannot be decompressed after 0 bytes of content") {
            @Override
            void befall(BackupCopy copy) throws IOException {
                copy.flipByte("base.tar.gz", 0);
            }
        },
        TRAILING_GARBAGE("base.tar.gz", "something follows that is no part of the compressed content") {
            @Override
            void befall(BackupCopy copy) throws IOException {
                Files.writeString(copy.file("base.tar.gz"), "garbage behind the end", StandardOpenOption.APPEND);
            }
        },
        BASE_LOST("base.tar", "holds no base.tar") {
            @Override
            void befall(BackupCopy copy) throws IOException {
                copy.delete("base.tar.gz");
            }
        },
        TABLESPACE_LOST("OID.tar", "holds no OID.tar: the backup has tablespace OID, which was in \"") {
            @Override
            void befall(BackupCopy copy) throws IOException {
                copy.delete(oid + ".tar.gz");
            }
        },
        WAL_TRUNCATED("pg_wal.tar.gz", "the compressed file ends in the middle, after ") {
            @Override
            void befall(BackupCopy copy) throws IOException {
                copy.truncate("pg_wal.tar.gz", 1000);
            }
        },
        TWICE("base.tar.gz", "holds both base.tar and base.tar.gz: expected one of them") {
            @Override
            void befall(BackupCopy copy) throws IOException {
                copy.add("base.tar", "");
            }
        };

        private final String file;
        private final String message;

        Fault(String file, String message) {
            this.file = file;
            this.message = message;
        }

        abstract void befall(BackupCopy copy) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void namesATarFileThatCannotBeTakenApartAndLeavesNothing(Fault fault) throws IOException {
        BackupCopy copy = copy();
        fault.befall(copy);

        assertThatThrownBy(() -> unpack(copy.directory()))
                .isInstanceOfSatisfying(DamagedBackupException.class, e -> assertThat(e.file())
                        .isEqualTo(fault.file.replace("OID", oid)))
                .hasMessageContaining(copy.directory().toString())
                .hasMessageContaining(fault.message.replace("OID", oid));
        assertThat(unpacked).doesNotExist();
        assertThat(tablespaceHere(oid)).doesNotExist();
        assertThat(TarBackup.isTar(copy.directory())).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1024, it is cut short", "1025, tar stream ends in the middle of a member"})
    void noticesThatAPlainTarIsCutShort(int bytes, String message) throws IOException {
        Path whole = write(TarStreamTest.member("backup_label", '0', "x"), new byte[1024]);
        assertThat(unpack(whole).hasManifest()).isFalse();
        byte[] base = Files.readAllBytes(whole.resolve("base.tar"));
        Files.write(whole.resolve("base.tar"), Arrays.copyOf(base, bytes));

        assertThatThrownBy(() -> verifyOrThrow(whole)).hasMessageContaining(message);
    }

    private static void verifyOrThrow(Path backup) throws IOException {
        Mismatch found = verify(backup).mismatches().get(0);
        assertThat(found.kind()).isEqualTo(Kind.TAR);
        throw new IOException(found.toString());
    }

    private Path write(byte[]... members) throws IOException {
        Path backup = Files.createDirectory(temporary.resolve("hostile"));
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        for (byte[] member : members) {
            tar.writeBytes(member);
        }
        Files.write(backup.resolve("base.tar"), tar.toByteArray());
        return backup;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tmp/absolute", "../outside", "base/../../outside", "base/.."})
    void writesNothingOutside(String name) throws IOException {
        Path backup =
                write(TarStreamTest.member("base/", '5', ""), TarStreamTest.member(name, '0', "x"), new byte[1024]);

        assertRefused(backup, "tar member \"" + name + "\" does not stay inside its directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base/link", "pg_tblspc/name", "pg_wal"})
    void makesNoLinksButToTablespaces(String name) throws IOException {
        Path backup = write(
                TarStreamTest.member("base/", '5', ""),
                TarStreamTest.member("pg_tblspc/", '5', ""),
                TarStreamTest.member(name, '2', ""),
                new byte[1024]);

        assertRefused(backup, "tar member \"" + name + "\" is a symbolic link that is no tablespace");
    }

    @Test
    void refusesHardLinksAndDevicesAndNonsenseInTheMap() throws IOException {
        assertRefused(write(TarStreamTest.member("x", '1', ""), new byte[1024]), "tar member \"x\" is of type '1'");
        Files.delete(temporary.resolve("hostile/base.tar"));
        Files.delete(temporary.resolve("hostile"));
        assertRefused(
                write(TarStreamTest.member("tablespace_map", '0', "../../x /tmp\n"), new byte[1024]),
                "line \"../../x /tmp\" of tablespace_map: expected the OID of a tablespace and a path");
    }

    private void assertRefused(Path backup, String message) throws IOException {
        List<String> before = names();
        assertThatThrownBy(() -> unpack(backup))
                .isInstanceOf(DamagedBackupException.class)
                .hasMessageStartingWith("file \"" + backup.resolve("base.tar") + "\": ")
                .hasMessageContaining(message);
        assertThat(names()).isEqualTo(before);
        assertThat(verify(backup).mismatches()).singleElement().asString().contains(message);
    }

    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        try (Stream<Path> all = Files.walk(temporary)) {
            all.sorted().map(Path::toString).forEach(names::add);
        }
        return names;
    }

    @Test
    void unpacksNothingIntoADirectoryThatHoldsSomething() throws IOException {
        Files.createDirectory(unpacked);
        Path mine = Files.writeString(unpacked.resolve("mine"), "not yours");

        assertThatThrownBy(() -> unpack(gzip)).isInstanceOf(UnusableDirectoryException.class);
        assertThat(mine).hasContent("not yours");
    }

    @Test
    void writesWalForWhoeverWantsToReadItWithoutUnpackingTheRest() throws IOException {
        Path wal = Files.createDirectory(temporary.resolve("wal"));
        BackupFindings findings =
                TarBackup.open(gzip).verify(VerificationSettings.everything(), wal, VerificationProgress.SILENT);

        assertThat(findings.isSound()).isTrue();
        try (Stream<Path> segments = Files.list(wal)) {
            assertThat(segments.map(segment -> segment.getFileName().toString()))
                    .isNotEmpty()
                    .allMatch(name -> name.matches("[0-9A-F]{24}"));
        }
    }

    @Test
    void takesADataDirectoryForNoTarBackup() throws IOException {
        assertThat(TarBackup.isTar(server.dataDirectory())).isFalse();
        assertThat(TarBackup.isTar(temporary)).isFalse();
    }
}
