package dev.pitrproof.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pitrproof.s3.FaultyWire;
import dev.pitrproof.s3.S3Store;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Beside each good file lies a bad one of a form that is less preferred, which must not do any harm; and what happens
 * where there is only the bad one.
 */
class FaultyArchiveTest extends ArchiveContract {

    private static final List<String> SUFFIXES = List.of(".gz", ".zst", ".lz4");
    private static final String SEGMENT = "000000010000000000000015";
    private static final SegmentName NAME = SegmentName.parse(SEGMENT, SEGMENT_SIZE);

    @Override
    void store(String name, byte[] content) throws IOException {
        Files.write(directory.resolve(name), content);
        for (String suffix : SUFFIXES) {
            byte[] compressed = Compressed.bytes(content, suffix);
            Files.write(directory.resolve(name + suffix), Arrays.copyOf(compressed, compressed.length / 2));
        }
        if (SegmentName.isSegment(name)) {
            Files.createFile(directory.resolve(name + ".partial"));
        }
    }

    @Override
    boolean isPlain() {
        return true;
    }

    private WalArchive only(String fileName, byte[] content) throws IOException {
        Files.write(elsewhere.resolve(fileName), content);
        Files.write(elsewhere.resolve("000000010000000000000011"), written("000000010000000000000011"));
        return open(elsewhere);
    }

    @Test
    void aTruncatedCompressedFileIsAShortSegment() throws Exception {
        byte[] content = written(SEGMENT);
        for (String suffix : SUFFIXES) {
            byte[] compressed = Compressed.bytes(content, suffix);
            try (WalArchive archive = only(SEGMENT + suffix, Arrays.copyOf(compressed, compressed.length - 5_000))) {
                byte[] read = content(archive, NAME);
                assertThat(read.length).as(suffix).isLessThan(SEGMENT_SIZE);
                assertThat(read).isEqualTo(Arrays.copyOf(content, read.length));
                assertThat(archive.failure(NAME)).hasValueSatisfying(failure -> assertThat(failure.truncated())
                        .isTrue());
                assertThatExceptionOfType(ArchiveException.class)
                        .isThrownBy(() -> archive.stage(List.of(SEGMENT), Files.createDirectory(staged(suffix))))
                        .withMessageStartingWith(
                                "cannot decompress \"" + archive.store().locate(SEGMENT + suffix));
            }
            Files.delete(elsewhere.resolve(SEGMENT + suffix));
        }
    }

    private Path staged(String suffix) {
        return elsewhere.resolve("staged" + suffix);
    }

    @Test
    void whatIsNotCompressedAtAllHasNoBytes() throws Exception {
        for (String suffix : SUFFIXES) {
            try (WalArchive archive = only(SEGMENT + suffix, written(SEGMENT))) {
                assertThat(archive.read(NAME, 0, ByteBuffer.allocate(10)))
                        .as(suffix)
                        .isEqualTo(-1);
                assertThat(archive.failure(NAME)).isPresent();
            }
            Files.delete(elsewhere.resolve(SEGMENT + suffix));
        }
    }

    @Test
    void whatIsTooLongIsNotReadToItsEnd() throws Exception {
        byte[] zeros = new byte[3 * SEGMENT_SIZE];
        for (String suffix : SUFFIXES) {
            try (WalArchive archive = only(SEGMENT + suffix, Compressed.bytes(zeros, suffix))) {
                assertThat(content(archive, NAME)).as(suffix).hasSize(SEGMENT_SIZE + 1);
            }
            Files.delete(elsewhere.resolve(SEGMENT + suffix));
        }
    }

    @Test
    void wrongContentUnderARightNameIsGivenAsItIs() throws Exception {
        try (WalArchive archive = only(SEGMENT, written("000000010000000000000014"))) {
            assertThat(content(archive, NAME)).isEqualTo(written("000000010000000000000014"));
        }
    }

    @Test
    void aFileThatCannotBeReadIsNoShortSegment() throws Exception {
        switch (place) {
            case DIRECTORY -> inADirectory();
            case BUCKET -> inABucket();
        }
    }

    /** The one place where a file that is there cannot be read, even by root. */
    private void inADirectory() throws IOException {
        for (String suffix : List.of("", ".gz", ".zst", ".lz4", ".partial")) {
            Path file = elsewhere.resolve(SEGMENT + suffix);
            Files.createSymbolicLink(file, Path.of("/proc/self/mem"));
            Files.write(elsewhere.resolve("000000010000000000000011"), written("000000010000000000000011"));
            try (WalArchive archive = open(elsewhere)) {
                assertThat(archive.has(NAME)).isTrue();
                assertThatExceptionOfType(IOException.class)
                        .as(suffix)
                        .isThrownBy(() -> archive.read(NAME, 0, ByteBuffer.allocate(10)))
                        .isNotInstanceOf(ArchiveException.class);
            }
            Files.delete(file);
        }
    }

    /** Its name is told to everybody, its content not. */
    private void inABucket() throws IOException {
        try (FaultyWire wire = FaultyWire.to(server)) {
            wire.refuse(
                    request -> request.startsWith("GET") && request.contains(SEGMENT + " "),
                    Integer.MAX_VALUE,
                    403,
                    "AccessDenied",
                    "");
            try (WalArchive archive = WalArchive.open(S3Store.at(bucket(directory), wire.endpoint()))) {
                assertThat(archive.has(NAME)).isTrue();
                assertThatExceptionOfType(ArchiveException.class)
                        .isThrownBy(() -> archive.read(NAME, 0, ByteBuffer.allocate(10)))
                        .withMessage("access to " + bucket(directory) + "/" + SEGMENT + " is denied (AccessDenied)")
                        .satisfies(e -> assertThat(e.kind()).isEqualTo(ArchiveException.Kind.UNREACHABLE));
            }
        }
    }
}
