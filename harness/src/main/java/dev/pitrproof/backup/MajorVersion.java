package dev.pitrproof.backup;

import dev.pitrproof.compression.DecodingStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file PG_VERSION of a backup, in plain or tar format. */
public final class MajorVersion {

    private static final String FILE_NAME = "PG_VERSION";
    private static final int WINDOW_BYTES = 1 << 16;

    private MajorVersion() {}

    /**
     * The major version of the server that a backup is of; a tar file is read as far as it takes.
     *
     * @return empty if the directory has no such file, or it tells no version
     * @throws DamagedBackupException if the tar files are not those of a backup
     * @throws IOException if it cannot be read
     */
    public static Optional<Integer> of(Path directory) throws IOException {
        Path plain = directory.resolve(FILE_NAME);
        if (Files.isRegularFile(plain)) {
            return parse(Files.readString(plain));
        }
        return TarBackup.isTar(directory) ? inTar(TarBackup.open(directory)) : Optional.empty();
    }

    private static Optional<Integer> inTar(TarBackup backup) throws IOException {
        TarBackup.Part base = backup.part(TarBackup.BASE).orElseThrow();
        Wanted wanted = new Wanted();
        TarStream tar = new TarStream(wanted);
        byte[] window = new byte[WINDOW_BYTES];
        try (DecodingStream content = DecodingStream.open(base.file(), base.compression())) {
            for (int read = content.read(window, 0, window.length);
                    read >= 0 && !wanted.came;
                    read = content.read(window, 0, window.length)) {
                tar.accept(ByteBuffer.wrap(window, 0, read));
            }
        }
        return parse(wanted.content.toString(StandardCharsets.US_ASCII));
    }

    private static Optional<Integer> parse(String content) {
        String found = content.strip();
        // of two numbers before 10: 9.6
        return found.matches("[1-9][0-9]|[1-9]\\.[0-9]{1,2}")
                ? Optional.of(Integer.valueOf(found.replaceFirst("\\..*", "")))
                : Optional.empty();
    }

    /** Keeps the one member, and passes over the others. */
    private static final class Wanted implements TarStream.Members {

        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private boolean here;
        private boolean came;

        @Override
        public void begin(TarHeader header) {
            here = header.name().equals(FILE_NAME);
        }

        @Override
        public void content(ByteBuffer bytes) {
            if (here) {
                byte[] some = new byte[bytes.remaining()];
                bytes.get(some);
                content.writeBytes(some);
            }
            bytes.position(bytes.limit());
        }

        @Override
        public void end() {
            came |= here;
            here = false;
        }
    }
}
