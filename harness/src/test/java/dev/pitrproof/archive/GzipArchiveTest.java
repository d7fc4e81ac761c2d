package dev.pitrproof.archive;

import java.io.IOException;
import java.nio.file.Files;

class GzipArchiveTest extends ArchiveContract {

    @Override
    void store(String name, byte[] content) throws IOException {
        Files.write(directory.resolve(name + ".gz"), Compressed.bytes(content, ".gz"));
    }

    @Override
    boolean isPlain() {
        return false;
    }
}
