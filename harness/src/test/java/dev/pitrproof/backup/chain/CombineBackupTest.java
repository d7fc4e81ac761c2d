package dev.pitrproof.backup.chain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.backup.BackupManifest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.ChecksumAlgorithm;
import dev.pitrproof.sandbox.ContainerOptions;
import dev.pitrproof.sandbox.ContainerSandbox;
import dev.pitrproof.sandbox.ContainersAtHand;
import dev.pitrproof.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Chains that we combine, beside the same chains combined by PostgreSQL's own pg_combinebackup, which comes with the
 * images: every file, byte for byte, and its mode. Only the manifests may differ: in the order of the files; in when each
 * was changed last, which for a file that was put together is now; and in that pg_combinebackup lists WAL too, without a
 * checksum, as no server does and pg_verifybackup does not mind.
 */
@Timeout(300)
class CombineBackupTest {

    static List<Integer> majors() throws SandboxException {
        return ContainersAtHand.majorsFrom(17);
    }

    @ParameterizedTest
    @MethodSource("majors")
    void makesTheSameFiles(int major) throws Exception {
        try (ChainSource source = ChainSource.start(ContainerSandbox.open(major, ContainerOptions.of(null)))) {
            List<Path> chain = source.take();
            for (Path each : chain) {
                source.sandbox().give(each);
                source.sandbox().give(source.elsewhereOf(each));
            }
            assertSame(source, chain.subList(0, 2));
            assertSame(source, chain);
        }
    }

    private static void assertSame(ChainSource source, List<Path> members) throws Exception {
        Path newest = members.get(members.size() - 1);
        Path theirs = source.sandbox().createDirectory("theirs-" + members.size());
        Path theirTablespace = source.sandbox().createDirectory("theirs-" + members.size() + "-elsewhere");
        List<String> command = new ArrayList<>(List.of("pg_combinebackup", "--no-sync", "-o", theirs.toString()));
        command.addAll(List.of("-T", source.elsewhereOf(newest) + "=" + theirTablespace));
        members.forEach(member -> command.add(member.toString()));
        assertThat(source.said(String.join(" ", command) + " 2>&1 || echo failed"))
                .isEmpty();

        Path ours = source.sandbox().createDirectory("ours-" + members.size());
        BackupChain.of(members)
                .combine(ours, oid -> source.sandbox().createDirectory("ours-" + members.size() + "-" + oid));

        assertThat(files(ours)).isEqualTo(files(theirs));
        for (String path : files(theirs).keySet()) {
            Path file = theirs.resolve(path);
            if (Files.isRegularFile(file) && !path.equals(BackupManifest.FILE_NAME)) {
                assertThat(Files.mismatch(ours.resolve(path), file))
                        .as("first difference in %s", path)
                        .isEqualTo(-1);
            }
        }
        assertThat(files(theirs).keySet()).anyMatch(path -> path.matches("pg_tblspc/\\d+/.+/\\d+/\\d+"));
        assertThat(files(theirs).keySet()).anyMatch(path -> path.matches("base/\\d+/\\d+_init"));
        BackupManifest our = BaseBackup.open(ours).manifest();
        BackupManifest their = BaseBackup.open(theirs).manifest();
        assertThat(listed(our)).isEqualTo(listed(their));
        assertThat(our.walRanges()).isEqualTo(their.walRanges());
        assertThat(our.systemIdentifier()).isEqualTo(their.systemIdentifier());
    }

    /** Every file and directory, with its mode; and how long files are, but for the manifest. */
    private static SortedMap<String, String> files(Path root) throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<Path> tree = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            for (Path each : tree.toList()) {
                String path = root.relativize(each).toString();
                boolean counts = Files.isRegularFile(each) && !path.equals(BackupManifest.FILE_NAME);
                files.put(
                        path,
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(each))
                                + (Files.isDirectory(each) ? " directory" : counts ? " " + Files.size(each) : ""));
            }
        }
        return files;
    }

    private static SortedMap<String, String> listed(BackupManifest manifest) {
        SortedMap<String, String> listed = new TreeMap<>();
        manifest.files().stream()
                .filter(entry -> entry.algorithm() != ChecksumAlgorithm.NONE
                        || !entry.path().startsWith("pg_wal/"))
                .forEach(entry ->
                        listed.put(entry.path(), entry.size() + " " + entry.algorithm() + " " + entry.checksum()));
        return listed;
    }
}
