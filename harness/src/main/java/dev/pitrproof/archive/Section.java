package dev.pitrproof.archive;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalReader;
import dev.pitrproof.wal.WalRecord;
import dev.pitrproof.wal.WalStretch;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A part of the log that one thread reads ahead and another takes over, record by record in batches. */
final class Section implements Runnable {

    /** Lends a reader to each thread. */
    interface Readers {
        WalReader take();

        void giveBack(WalReader reader);
    }

    private static final int BATCH_RECORDS = 256;
    private static final int BATCHES_WAITING_MAX = 8;

    /**
     * Some records in WAL order.
     *
     * @param recordsRead how many were read up to the last of these, or to the section's end, since it began
     * @param isLast whether no more follow
     * @param outcome how reading the section ended, in its last batch; null if it failed
     */
    record Batch(
            List<WalRecord> records,
            long recordsRead,
            boolean isLast,
            @Nullable WalStretch outcome) {}

    private final Lsn begin;
    private final Lsn end;
    private final Readers readers;
    private final BlockingQueue<Batch> batches = new ArrayBlockingQueue<>(BATCHES_WAITING_MAX);
    private List<WalRecord> filling = new ArrayList<>(BATCH_RECORDS);
    private long recordsRead;
    private volatile boolean abandoned;

    Section(Lsn begin, Lsn end, Readers readers) {
        this.begin = begin;
        this.end = end;
        this.readers = readers;
    }

    Lsn end() {
        return end;
    }

    /** Reads the section. Whoever takes it over meets what goes wrong here again, and reports it. */
    @Override
    public void run() {
        WalStretch outcome = null;
        try {
            if (!abandoned) {
                WalReader reader = readers.take();
                outcome = reader.readStretchOfPages(begin, end, new Filling(reader));
                recordsRead = reader.recordsRead();
                readers.giveBack(reader);
            }
        } catch (IOException e) {
            outcome = null;
        } finally {
            pass(new Batch(filling, recordsRead, true, outcome));
        }
    }

    private final class Filling implements Predicate<WalRecord> {

        private final WalReader reader;

        Filling(WalReader reader) {
            this.reader = reader;
        }

        @Override
        public boolean test(WalRecord record) {
            return add(record, reader.recordsRead());
        }
    }

    private boolean add(WalRecord record, long recordsUpToThis) {
        filling.add(record);
        recordsRead = recordsUpToThis;
        if (filling.size() < BATCH_RECORDS) {
            return true;
        }
        Batch full = new Batch(filling, recordsRead, false, null);
        filling = new ArrayList<>(BATCH_RECORDS);
        return pass(full);
    }

    private boolean pass(Batch batch) {
        if (abandoned) {
            return false;
        }
        try {
            // room comes when batches are taken, or when the section is abandoned
            batches.put(batch);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The next batch, waiting for it if need be. */
    Batch take() throws InterruptedIOException {
        try {
            return batches.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading WAL");
        }
    }

    /** Nobody wants what this section has: whoever reads it stops soon. */
    void abandon() {
        abandoned = true;
        batches.clear();
    }
}
