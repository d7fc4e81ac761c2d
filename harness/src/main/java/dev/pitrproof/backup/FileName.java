package dev.pitrproof.backup;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Names of files as tar streams and manifests have them: bytes in no particular encoding. */
final class FileName {

    private FileName() {}

    /** Reads UTF-8; a name that is not valid UTF-8 is read byte by byte, so that equal bytes give equal names. */
    static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }
}
