package dev.pitrproof.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pitrproof.s3.FaultyWire;
import dev.pitrproof.s3.S3Location;
import dev.pitrproof.s3.S3Server;
import dev.pitrproof.s3.S3Store;
import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whatever an archive in a directory has to do, one in a bucket has to do as well. */
@SuppressWarnings("NullAway.Init") // set before all tests
class S3ArchiveTest {

    private static S3Server server;

    @BeforeAll
    static void start() throws IOException {
        server = S3Server.over(Path.of(System.getProperty("java.io.tmpdir")));
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    /** The bucket that is this directory. */
    private static WalArchive inBucket(Path files) throws IOException {
        S3Location bucket = S3Location.parse("s3://" + files.getFileName());
        return WalArchive.open(S3Store.at(bucket, server.endpoint()));
    }

    @Nested
    class Plain extends PlainArchiveTest {
        @Override
        WalArchive open(Path files) throws IOException {
            return inBucket(files);
        }
    }

    @Nested
    class Gzip extends GzipArchiveTest {
        @Override
        WalArchive open(Path files) throws IOException {
            return inBucket(files);
        }
    }

    @Nested
    class Lz4 extends Lz4ArchiveTest {
        @Override
        WalArchive open(Path files) throws IOException {
            return inBucket(files);
        }
    }

    @Nested
    class Zstd extends ZstdArchiveTest {
        @Override
        WalArchive open(Path files) throws IOException {
            return inBucket(files);
        }
    }

    @Nested
    class Partial extends PartialArchiveTest {
        @Override
        WalArchive open(Path files) throws IOException {
            return inBucket(files);
        }
    }

    @Nested
    class Faulty extends FaultyArchiveTest {
        @Override
        WalArchive open(Path files) throws IOException {
            return inBucket(files);
        }

        /** Its name is told to everybody, its content not. */
        @Override
        @Test
        void aFileThatCannotBeReadIsNoShortSegment() throws Exception {
            SegmentName segment = SegmentName.parse("000000010000000000000015", SEGMENT_SIZE);
            try (FaultyWire wire = FaultyWire.to(server)) {
                wire.refuse(
                        request -> request.startsWith("GET") && request.contains(segment + " "),
                        Integer.MAX_VALUE,
                        403,
                        "AccessDenied",
                        "");
                S3Location bucket = S3Location.parse("s3://" + directory.getFileName());
                try (WalArchive archive = WalArchive.open(S3Store.at(bucket, wire.endpoint()))) {
                    assertThat(archive.has(segment)).isTrue();
                    assertThatExceptionOfType(ArchiveException.class)
                            .isThrownBy(() -> archive.read(segment, 0, ByteBuffer.allocate(10)))
                            .withMessage("access to " + bucket + "/" + segment + " is denied (AccessDenied)")
                            .satisfies(e -> assertThat(e.kind()).isEqualTo(ArchiveException.Kind.UNREACHABLE));
                }
            }
        }
    }
}
