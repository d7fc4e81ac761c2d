package dev.pitrproof.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** A writer of UTF-8 that also takes what is encoded already. */
final class ByteWriter extends PrintWriter {

    private final OutputStream bytes;

    ByteWriter(OutputStream bytes) {
        super(bytes, false, StandardCharsets.UTF_8);
        this.bytes = bytes;
    }

    /** Writes text to any writer, without a detour to one of these. */
    static void write(Utf8Text text, PrintWriter out) {
        if (out instanceof ByteWriter writer) {
            writer.write(text);
        } else {
            out.print(text);
        }
    }

    private void write(Utf8Text text) {
        flush();
        try {
            bytes.write(text.bytes(), 0, text.length());
        } catch (IOException e) {
            setError();
        }
    }
}
