package dev.pitrproof.archive;

import java.io.IOException;
import java.nio.file.Files;

class Lz4ArchiveTest extends ArchiveContract {

    @Override
    void store(String name, byte[] content) throws IOException {
        Files.write(directory.resolve(name + ".lz4"), Compressed.bytes(content, ".lz4"));
    }

    @Override
    boolean isPlain() {
        return false;
    }
}
