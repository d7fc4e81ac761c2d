package dev.pitrproof.backup;

import java.nio.ByteBuffer;
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
