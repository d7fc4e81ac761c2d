package dev.pitrproof.backup;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checks every page of every relation file of a data directory whose server is stopped, tablespaces included, as
 * {@code pg_checksums --check} does, in several threads.
 *
 * <p>A page that was never written must be empty, which is what the server itself asks of it when it reads one.
 */
public final class PageSurvey {

    /**
     * What was found.
     *
     * @param files relation files read
     * @param pages pages checked
     * @param damage a line for each page that is damaged, at most {@value #LINES_A_FILE} of a file
     */
    public record Result(long files, long pages, List<String> damage) {
        public Result {
            damage = List.copyOf(damage);
        }
    }

    static final int LINES_A_FILE = 3;

    private static final int PAGES_AT_ONCE = 64;

    /** A fork of a relation, or a further segment of it; temporary relations and the server's own maps are none. */
    private static final Pattern RELATION = Pattern.compile("\\d+(_(?:fsm|vm|init))?(?:\\.(\\d+))?");

    private final Path dataDirectory;
    private final ControlData control;
    private final Queue<Path> open = new ConcurrentLinkedQueue<>();
    private final Queue<String> damage = new ConcurrentLinkedQueue<>();
    private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong pages = new AtomicLong();

    private PageSurvey(Path dataDirectory, ControlData control) {
        this.dataDirectory = dataDirectory;
        this.control = control;
    }

    /**
     * Reads everything.
     *
     * @param dataDirectory of a cluster with checksums
     * @throws IOException if a file cannot be read
     */
    public static Result of(Path dataDirectory) throws IOException {
        ControlData control = ControlData.read(dataDirectory);
        if (control.dataChecksumVersion() == 0) {
            throw new IOException("the pages of \"" + dataDirectory + "\" have no checksums");
        }
        return new PageSurvey(dataDirectory, control).run();
    }

    private Result run() throws IOException {
        addFiles(dataDirectory.resolve("global"), 1);
        addFiles(dataDirectory.resolve("base"), 2);
        try (Stream<Path> tablespaces = Files.list(dataDirectory.resolve("pg_tblspc"))) {
            for (Path tablespace : tablespaces.toList()) {
                addFiles(tablespace.toRealPath(), 3);
            }
        }
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Math.min(4, Runtime.getRuntime().availableProcessors()); i++) {
            Thread thread = new Thread(this::work, "pages-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while pages were checked");
            }
        }
        IOException failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
        return new Result(files.get(), pages.get(), damage.stream().sorted().toList());
    }

    private void addFiles(Path directory, int depth) throws IOException {
        try (Stream<Path> all = Files.find(
                directory,
                depth,
                (path, attributes) -> attributes.isRegularFile()
                        && RELATION.matcher(String.valueOf(path.getFileName())).matches())) {
            all.forEach(open::add);
        }
    }

    private void work() {
        ByteBuffer buffer =
                ByteBuffer.allocateDirect(PAGES_AT_ONCE * control.blockSize()).order(ByteOrder.LITTLE_ENDIAN);
        PageChecksum checksum = new PageChecksum(control.blockSize());
        try {
            for (Path next = open.poll(); next != null; next = open.poll()) {
                check(next, buffer, checksum);
            }
        } catch (IOException e) {
            open.clear();
            failures.add(e);
        }
    }

    private void check(Path file, ByteBuffer buffer, PageChecksum checksum) throws IOException {
        files.incrementAndGet();
        List<String> found = new ArrayList<>();
        int block = firstBlock(file);
        try (FileChannel in = FileChannel.open(file)) {
            while (fill(in, buffer)) {
                IntBuffer words = buffer.asIntBuffer();
                for (int left = buffer.remaining() / control.blockSize(); left > 0; left--, block++) {
                    checksum.read(words);
                    check(file, block, checksum, found);
                }
                if (buffer.remaining() % control.blockSize() != 0) {
                    found.add(name(file) + ": its length is no multiple of " + control.blockSize());
                }
            }
        }
        damage.addAll(found.subList(0, Math.min(found.size(), LINES_A_FILE)));
    }

    private void check(Path file, int block, PageChecksum checksum, List<String> found) {
        pages.incrementAndGet();
        if (checksum.isNew()) {
            if (!checksum.isEmpty()) {
                found.add(name(file) + ": block " + block + " has no header, and is not empty");
            }
            return;
        }
        int expected = checksum.of(block);
        if (expected != checksum.stored()) {
            found.add(String.format(
                    Locale.ROOT,
                    "%s: block %d has checksum %04x, its content %04x",
                    name(file),
                    block,
                    checksum.stored(),
                    expected));
        }
    }

    /** Where the file's first page is in its relation. */
    private int firstBlock(Path file) {
        Matcher name = RELATION.matcher(String.valueOf(file.getFileName()));
        String segment = name.matches() ? name.group(2) : null;
        return segment == null ? 0 : Integer.parseInt(segment) * control.relationSegmentBlocks();
    }

    private String name(Path file) {
        return file.startsWith(dataDirectory)
                ? dataDirectory.relativize(file).toString()
                : String.valueOf(file.subpath(Math.max(0, file.getNameCount() - 3), file.getNameCount()));
    }

    private static boolean fill(FileChannel in, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining() && in.read(buffer) >= 0) {
            // a read may bring less than there is
        }
        return buffer.flip().hasRemaining();
    }
}
