package dev.pitrproof.archive;

import java.io.IOException;
import java.nio.file.Files;

class PlainArchiveTest extends ArchiveContract {

    @Override
    void store(String name, byte[] content) throws IOException {
        Files.write(directory.resolve(name + ""), Compressed.bytes(content, ""));
    }

    @Override
    boolean isPlain() {
        return true;
    }
}
