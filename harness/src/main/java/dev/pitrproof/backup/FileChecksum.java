package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** The checksum of a file's bytes, as they pass by. */
public interface FileChecksum {

    /** Takes in what remains in {@code bytes}, and consumes it. */
    void update(ByteBuffer bytes);

    /** The checksum in the manifest's lower-case hexadecimal digits; afterwards a new file may begin. */
    String finish();

    static FileChecksum none() {
        return new FileChecksum() {
            @Override
            public void update(ByteBuffer bytes) {
                bytes.position(bytes.limit());
            }

            @Override
            public String finish() {
                return "";
            }
        };
    }

    /** CRC-32C as the four bytes lie in the memory of a little-endian server, which is what the manifest shows. */
    static FileChecksum crc32c() {
        CRC32C sum = new CRC32C();
        return new FileChecksum() {
            @Override
            public void update(ByteBuffer bytes) {
                sum.update(bytes);
            }

            @Override
            public String finish() {
                String digits = HexFormat.of().toHexDigits(Integer.reverseBytes((int) sum.getValue()));
                sum.reset();
                return digits;
            }
        };
    }

    /** The SHA-256 of a file's content, however much it is, in lower-case hexadecimal digits. */
    static String sha256(Path file) throws IOException {
        FileChecksum sum = digest("SHA-256");
        ByteBuffer piece = ByteBuffer.allocate(1 << 16);
        try (FileChannel content = FileChannel.open(file, StandardOpenOption.READ)) {
            while (content.read(piece) >= 0) {
                sum.update(piece.flip());
                piece.clear();
            }
        }
        return sum.finish();
    }

    static FileChecksum digest(String name) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + name, e);
        }
        return new FileChecksum() {
            @Override
            public void update(ByteBuffer bytes) {
                digest.update(bytes);
            }

            @Override
            public String finish() {
                return HexFormat.of().formatHex(digest.digest());
            }
        };
    }
}
