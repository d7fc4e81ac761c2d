package dev.pitrproof.s3;

import dev.pitrproof.archive.ArchiveException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * An object's bytes, all of one version. First its beginning may be asked for alone, for many want no more than that. Where a
 * download breaks off, it goes on behind the last byte that came.
 */
final class ObjectStream extends InputStream {

    /** Asks for some of an object's bytes. */
    interface Source {
        /**
         * @param from the first one's offset
         * @param to behind the last one's
         */
        ResponseInputStream<GetObjectResponse> get(long from, long to) throws IOException;
    }

    /** What is read of an object to see what it is. */
    static final int BEGINNING_BYTES = 1 << 16;

    private static final int BREAKS_MAX = 5;
    private static final int PAUSE_MILLIS = 100;

    private final Source source;
    private final String location;
    private final long size;
    private final long beginning;
    private final S3Trouble trouble;
    private long offset;
    private long end;
    private int breaks;
    private @Nullable ResponseInputStream<GetObjectResponse> part;

    /** @param beginning how much is asked for at first */
    ObjectStream(Source source, String location, long size, long beginning, S3Trouble trouble) {
        this.source = source;
        this.location = location;
        this.size = size;
        this.beginning = beginning;
        this.trouble = trouble;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (offset < size) {
            int read = readSome(into, at, length);
            if (read > 0) {
                offset += read;
                breaks = 0;
                return read;
            }
        }
        return -1;
    }

    /** How many bytes; 0 if the download broke off, and has to be begun again. */
    private int readSome(byte[] into, int at, int length) throws IOException {
        try {
            ResponseInputStream<GetObjectResponse> from = part;
            if (from == null || offset == end) {
                close();
                from = next();
                part = from;
            }
            int read = from.read(into, at, (int) Math.min(length, end - offset));
            if (read > 0) {
                return read;
            }
            brokeOff("it ended after " + offset + " of " + size + " bytes");
        } catch (ArchiveException | NoSuchFileException e) {
            throw e; // the store has answered
        } catch (SdkException e) {
            throw trouble.of(location, e);
        } catch (IOException e) {
            brokeOff("the connection was lost after " + offset + " of " + size + " bytes");
        }
        return 0;
    }

    private ResponseInputStream<GetObjectResponse> next() throws IOException {
        end = offset == 0 ? Math.min(size, beginning) : size;
        return source.get(offset, end);
    }

    private void brokeOff(String how) throws IOException {
        breakConnection();
        if (++breaks > BREAKS_MAX) {
            throw new ArchiveException(
                    ArchiveException.Kind.UNREACHABLE,
                    "cannot download " + location + ": " + how + ", " + breaks + " times",
                    "check the network between this machine and the store, and run this again");
        }
        // a store that is in trouble is not helped by haste
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos((long) PAUSE_MILLIS << breaks));
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while " + location + " was downloaded");
        }
    }

    /** What has not been read of a long part is not waited for; a short one leaves the connection fit for the next. */
    @Override
    public void close() {
        ResponseInputStream<GetObjectResponse> from = part;
        part = null;
        if (from == null) {
            return;
        }
        try {
            if (end - offset <= BEGINNING_BYTES) {
                from.transferTo(OutputStream.nullOutputStream());
                from.close();
            } else {
                from.abort();
            }
        } catch (IOException e) {
            from.abort(); // nobody wants what was left of it
        }
    }

    private void breakConnection() {
        ResponseInputStream<GetObjectResponse> from = part;
        part = null;
        if (from != null) {
            from.abort();
        }
    }
}
