package dev.pitrproof.s3;

import dev.pitrproof.archive.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Puts files into a bucket, each for good or not at all: an object that is there is compared, and never overwritten.
 *
 * <p>The store is told to take an object only where there is none ({@code If-None-Match: *}) and only if its content
 * arrived whole ({@code Content-MD5}). One that does not know that condition is asked whether there is an object before.
 */
public final class S3Archiver implements AutoCloseable {

    private static final int PIECE_BYTES = 1 << 16;
    private static final int CONFLICT = 409;
    private static final int EXISTS = 412;
    private static final int NOT_FOUND = 404;
    private static final int NOT_IMPLEMENTED = 501;

    private final S3Location location;
    private final S3Trouble trouble;
    private final S3Client client;
    private final S3Store store;

    private S3Archiver(S3Location location, S3Client client, S3Store store) {
        this.location = location;
        this.trouble = new S3Trouble(location);
        this.client = client;
        this.store = store;
    }

    /** @param endpoint of the store; null for what environment and profile say */
    public static S3Archiver to(S3Location location, @Nullable URI endpoint) throws IOException {
        try {
            return new S3Archiver(location, S3Connection.open(endpoint), S3Store.at(location, endpoint));
        } catch (SdkException e) {
            throw new S3Trouble(location).of(location.toString(), e);
        }
    }

    /**
     * Stores a file. When this returns, the store has it, whole.
     *
     * @throws ArchiveException if it cannot, or has another file of that name
     */
    public void put(Path file, String name) throws IOException {
        String where = location + "/" + name;
        try {
            if (putIfAbsent(file, name)) {
                return;
            }
        } catch (SdkException e) {
            if (!(e instanceof S3Exception answer) || answer.statusCode() != NOT_IMPLEMENTED) {
                requireBucket();
                throw trouble.of(where, e);
            }
            if (!isThere(name)) {
                putAnyway(file, name);
                return;
            }
        }
        if (!isSame(file, name)) {
            throw new ArchiveException(
                    ArchiveException.Kind.DAMAGED,
                    where + " is already archived with different content: refusing to overwrite it",
                    "two clusters must not share an archive; find out which of them wrote that object");
        }
    }

    /**
     * Stores a segment as far as there is one, with zeros behind it, over what was stored of it before. That stays where it
     * reaches further.
     *
     * @throws ArchiveException if it cannot
     */
    public void putPartial(Path file, String name) throws IOException {
        long reached;
        try (InputStream ours = Files.newInputStream(file)) {
            reached = lengthWithoutZeros(ours);
        }
        try (InputStream theirs =
                client.getObject(request -> request.bucket(location.bucket()).key(location.key(name)))) {
            if (lengthWithoutZeros(theirs) > reached) {
                return;
            }
        } catch (S3Exception e) {
            if (e.statusCode() != NOT_FOUND || e instanceof NoSuchBucketException) {
                throw trouble.of(location + "/" + name, e);
            }
        } catch (SdkException e) {
            throw trouble.of(location + "/" + name, e);
        }
        putAnyway(file, name);
    }

    private static long lengthWithoutZeros(InputStream in) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        long length = 0;
        long offset = 0;
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            for (int i = read - 1; i >= 0; i--) {
                if (piece[i] != 0) {
                    length = offset + i + 1;
                    break;
                }
            }
            offset += read;
        }
        return length;
    }

    /** A store that refuses a bucket before it has read the file closes the connection, and its answer is lost. */
    private void requireBucket() throws IOException {
        try {
            client.listObjectsV2(request ->
                    request.bucket(location.bucket()).prefix(location.folder()).maxKeys(1));
        } catch (NoSuchBucketException e) {
            throw trouble.of(location.toString(), e);
        } catch (SdkException e) {
            // then it is not the bucket: what failed first says more
        }
    }

    /** False if there is an object of that name. */
    private boolean putIfAbsent(Path file, String name) throws IOException {
        try {
            client.putObject(request(file, name).ifNoneMatch("*").build(), RequestBody.fromFile(file));
            return true;
        } catch (S3Exception e) {
            // 409: another request for it is under way, which may be one of ours that seemed to be lost
            if (e.statusCode() == EXISTS || e.statusCode() == CONFLICT) {
                return false;
            }
            throw e;
        }
    }

    private void putAnyway(Path file, String name) throws IOException {
        try {
            client.putObject(request(file, name).build(), RequestBody.fromFile(file));
        } catch (SdkException e) {
            throw trouble.of(location + "/" + name, e);
        }
    }

    private PutObjectRequest.Builder request(Path file, String name) throws IOException {
        return PutObjectRequest.builder()
                .bucket(location.bucket())
                .key(location.key(name))
                .contentMD5(md5(file));
    }

    private boolean isThere(String name) throws IOException {
        try {
            client.headObject(request -> request.bucket(location.bucket()).key(location.key(name)));
            return true;
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_FOUND) {
                return false;
            }
            throw trouble.of(location + "/" + name, e);
        }
    }

    private boolean isSame(Path file, String name) throws IOException {
        try (InputStream ours = Files.newInputStream(file);
                InputStream theirs = store.open(name)) {
            byte[] some = new byte[PIECE_BYTES];
            byte[] same = new byte[PIECE_BYTES];
            while (true) {
                int length = ours.readNBytes(some, 0, some.length);
                int other = theirs.readNBytes(same, 0, same.length);
                if (!Arrays.equals(some, 0, length, same, 0, other)) {
                    return false;
                }
                if (length < some.length) {
                    return true;
                }
            }
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** As the header has it; the store compares it with what arrived. */
    private static String md5(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                digest.update(piece, 0, read);
            }
        }
        return Base64.getEncoder().encodeToString(digest.digest());
    }

    @Override
    public void close() {
        client.close();
    }
}
