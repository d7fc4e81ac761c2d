package dev.pitrproof.backup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps what must be known of a backup in tar format after its members have passed: a few small files, and names. */
final class KeptMembers implements RestoreHazards.Content {

    private static final int BYTES_MAX = 1 << 20;

    private static final Set<String> FILES = Set.of(
            BackupLabel.FILE_NAME,
            TablespaceMap.FILE_NAME,
            DamageMark.FILE_NAME,
            CollectedFindings.CONTROL_FILE,
            RestoreHazards.VERSION_FILE,
            "postgresql.auto.conf",
            "recovery.signal",
            "standby.signal");

    private final Map<String, byte[]> files = new HashMap<>();
    private final Set<String> directories = new HashSet<>();
    private final Map<String, String> links = new HashMap<>();

    @Override
    public boolean isDirectory(String path) {
        return directories.contains(path);
    }

    @Override
    public boolean isFile(String path) {
        return files.containsKey(path);
    }

    @Override
    public String text(String path) {
        return FileName.decode(bytes(path));
    }

    byte[] bytes(String path) {
        return files.getOrDefault(path, new byte[0]);
    }

    /** What the file backup_label says. */
    BackupLabel label() throws IOException {
        if (!isFile(BackupLabel.FILE_NAME)) {
            throw new TarFormatException("the backup has no " + BackupLabel.FILE_NAME);
        }
        try {
            return BackupLabel.parse(text(BackupLabel.FILE_NAME));
        } catch (IllegalArgumentException e) {
            throw new IOException("file \"" + BackupLabel.FILE_NAME + "\": " + e.getMessage(), e);
        }
    }

    /** The places on the server that links in the stream named, by the OIDs of the tablespaces. */
    Map<String, String> linkedTablespaces() {
        return links;
    }

    /**
     * Looks at members before they are handed on.
     *
     * @param prefix where they lie, relative to the data directory
     */
    TarStream.Members before(String prefix, TarStream.Members next) {
        return new TarStream.Members() {

            private @Nullable ByteArrayOutputStream content;
            private String path = "";

            @Override
            public void begin(TarHeader header) throws IOException {
                path = prefix + header.name();
                switch (header.type()) {
                    case FILE -> {
                        if (FILES.contains(path)) {
                            if (header.size() > BYTES_MAX) {
                                throw new TarFormatException("tar member \"" + path + "\" has " + header.size()
                                        + " bytes: expected at most " + BYTES_MAX);
                            }
                            content = new ByteArrayOutputStream();
                        }
                    }
                    case DIRECTORY -> directories.add(path);
                    case SYMBOLIC_LINK -> {
                        if (path.startsWith(MemberFiles.TABLESPACE_LINKS)) {
                            String oid = path.substring(MemberFiles.TABLESPACE_LINKS.length());
                            if (TablespaceMap.isOid(oid)) {
                                links.put(oid, header.linkTarget());
                            }
                        }
                    }
                }
                next.begin(header);
            }

            @Override
            public void content(ByteBuffer bytes) throws IOException {
                ByteArrayOutputStream keeping = content;
                if (keeping != null) {
                    byte[] piece = new byte[bytes.remaining()];
                    bytes.get(bytes.position(), piece);
                    keeping.writeBytes(piece);
                }
                next.content(bytes);
            }

            @Override
            public void end() throws IOException {
                ByteArrayOutputStream keeping = content;
                if (keeping != null) {
                    files.put(path, keeping.toByteArray());
                    content = null;
                }
                next.end();
            }
        };
    }
}
