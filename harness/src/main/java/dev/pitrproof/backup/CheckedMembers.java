package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Notes size and checksum of each file in tar streams while it passes by, on its way to whoever makes use of it. */
final class CheckedMembers implements TarStream.Members {

    private final StreamedFiles streamed;
    private final Predicate<String> ignored;
    private final TarStream.Members next;
    private final Map<ChecksumAlgorithm, FileChecksum> checksums = new EnumMap<>(ChecksumAlgorithm.class);
    private String prefix = "";
    private @Nullable TarHeader member;
    private FileChecksum checksum = FileChecksum.none();
    private long fileBytes;
    private long files;

    /**
     * Assigns only.
     *
     * @param ignored paths of files that are no part of the comparison
     * @param next gets every member
     */
    CheckedMembers(StreamedFiles streamed, Predicate<String> ignored, TarStream.Members next) {
        this.streamed = streamed;
        this.ignored = ignored;
        this.next = next;
    }

    /** The members that follow lie here, relative to the data directory; empty or with a slash at its end. */
    void under(String directory) {
        prefix = directory;
    }

    /** Bytes of all files that have passed and are part of the comparison. */
    long fileBytes() {
        return fileBytes;
    }

    /** How many files have begun to pass. */
    long files() {
        return files;
    }

    @Override
    public void begin(TarHeader header) throws IOException {
        if (header.type() == TarHeader.Type.FILE) {
            String path = prefix + header.name();
            member = header;
            files++;
            checksum = ignored.test(path)
                    ? FileChecksum.none()
                    : checksums.computeIfAbsent(streamed.algorithmOf(path), ChecksumAlgorithm::begin);
        }
        next.begin(header);
    }

    @Override
    public void content(ByteBuffer bytes) throws IOException {
        int begin = bytes.position();
        checksum.update(bytes);
        bytes.position(begin);
        next.content(bytes);
    }

    @Override
    public void end() throws IOException {
        next.end();
        TarHeader finished = member;
        if (finished == null) {
            return;
        }
        member = null;
        String path = prefix + finished.name();
        if (!ignored.test(path)) {
            fileBytes += finished.size();
            if (!streamed.add(path, finished.size(), checksum.finish())) {
                throw new TarFormatException("tar member \"" + finished.name() + "\" comes twice");
            }
        }
    }
}
