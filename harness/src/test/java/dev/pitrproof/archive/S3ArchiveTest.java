package dev.pitrproof.archive;

import dev.pitrproof.s3.S3Location;
import dev.pitrproof.s3.S3Server;
import dev.pitrproof.s3.S3Store;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

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
    }
}
