package dev.pitrproof.backup;

import dev.pitrproof.wal.SegmentName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Passes over all members of a tar stream but WAL segments and history files, which are written into one directory. */
final class WalMembers implements TarStream.Members {

    private static final Pattern HISTORY = Pattern.compile("[0-9A-F]{8}\\.history");
    private static final String DIRECTORY = "pg_wal/";

    private final String prefix;
    private final @Nullable MemberFiles files;
    private boolean writing;

    /** @param files null: WAL is passed over, too */
    WalMembers(String prefix, @Nullable MemberFiles files) {
        this.prefix = prefix;
        this.files = files;
    }

    @Override
    public void begin(TarHeader header) throws IOException {
        String path = prefix + header.name();
        if (header.type() == TarHeader.Type.SYMBOLIC_LINK
                && !(path.startsWith(MemberFiles.TABLESPACE_LINKS)
                        && TablespaceMap.isOid(path.substring(MemberFiles.TABLESPACE_LINKS.length())))) {
            throw MemberFiles.noTablespace(path);
        }
        if (files == null || header.type() != TarHeader.Type.FILE || !path.startsWith(DIRECTORY)) {
            return;
        }
        String name = path.substring(DIRECTORY.length());
        if (SegmentName.isSegment(name) || HISTORY.matcher(name).matches()) {
            files.begin(new TarHeader(name, header.type(), header.size(), header.mode(), ""));
            writing = true;
        }
    }

    @Override
    public void content(ByteBuffer bytes) throws IOException {
        if (writing && files != null) {
            files.content(bytes);
        } else {
            bytes.position(bytes.limit());
        }
    }

    @Override
    public void end() throws IOException {
        if (writing && files != null) {
            files.end();
        }
        writing = false;
    }
}
