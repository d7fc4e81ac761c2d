package dev.pitrproof.archive;

import java.io.IOException;
import java.nio.file.Files;

class ZstdArchiveTest extends ArchiveContract {

    @Override
    void store(String name, byte[] content) throws IOException {
        Files.write(directory.resolve(name + ".zst"), Compressed.bytes(content, ".zst"));
    }

    @Override
    boolean isPlain() {
        return false;
    }
}
