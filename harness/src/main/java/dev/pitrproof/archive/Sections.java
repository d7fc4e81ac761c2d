package dev.pitrproof.archive;

import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.WalReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The sections of a stretch of the log in order, some of them being read ahead by threads of this object's own. */
final class Sections implements Section.Readers, AutoCloseable {

    private static final int SECTIONS_PER_THREAD = 2;

    private final SectionSource source;
    private final Function<SectionSource, WalReader> readerOf;
    private final Lsn last;
    private final int sectionBytes;
    private final int aheadMax;
    private final ExecutorService threads;
    private final Deque<Section> ahead = new ArrayDeque<>();
    private final Queue<WalReader> idle = new ConcurrentLinkedQueue<>();
    private final List<SectionSource> opened = new ArrayList<>();
    private Lsn planned;

    /** Begins with the section at {@code first}; the last one holds the byte before {@code last}. */
    Sections(
            SectionSource source,
            Function<SectionSource, WalReader> readerOf,
            Parallelism parallelism,
            Lsn first,
            Lsn last) {
        this.source = source;
        this.readerOf = readerOf;
        this.planned = first;
        this.last = last;
        this.sectionBytes = parallelism.sectionBytes();
        this.aheadMax = parallelism.threads() * SECTIONS_PER_THREAD;
        this.threads = Executors.newFixedThreadPool(parallelism.threads(), new Threads());
        readAhead();
    }

    private static final class Threads implements ThreadFactory {
        @Override
        public Thread newThread(Runnable task) {
            Thread thread = new Thread(task, "WAL section");
            thread.setDaemon(true);
            return thread;
        }
    }

    private void readAhead() {
        while (ahead.size() < aheadMax && planned.isBefore(last)) {
            Section section = new Section(planned, planned.plus(sectionBytes), this);
            planned = section.end();
            ahead.add(section);
            threads.execute(section);
        }
    }

    boolean hasNext() {
        return !ahead.isEmpty();
    }

    Section next() {
        Section next = ahead.remove();
        readAhead();
        return next;
    }

    @Override
    public WalReader take() {
        WalReader reader = idle.poll();
        return reader != null ? reader : readerOf.apply(open());
    }

    private SectionSource open() {
        SectionSource own = source.forAnotherThread();
        synchronized (opened) {
            opened.add(own);
        }
        return own;
    }

    @Override
    public void giveBack(WalReader reader) {
        idle.add(reader);
    }

    /** Waits until no thread reads any more. */
    @Override
    public void close() throws IOException {
        for (Section section : ahead) {
            section.abandon();
        }
        threads.shutdown();
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        synchronized (opened) {
            for (SectionSource own : opened) {
                own.close();
            }
        }
    }
}
