package dev.pitrproof.fault;

import dev.pitrproof.proof.FindingCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One thing that goes wrong with a file of a backup. */
public enum BackupFault {
    DAMAGED_PAGE("half a page of a table's file is garbage") {
        @Override
        public void strike(Path file) throws IOException {
            byte[] content = Files.readAllBytes(file);
            int end = (content.length / 2 / PAGE_BYTES + 1) * PAGE_BYTES;
            for (int i = end - PAGE_BYTES / 2; i < Math.min(end, content.length); i++) {
                content[i] ^= 0x55;
            }
            Files.write(file, content);
        }
    },
    FLIPPED_BYTE("a byte of a table's file is another") {
        @Override
        public void strike(Path file) throws IOException {
            byte[] content = Files.readAllBytes(file);
            content[content.length / 2] ^= 0x10;
            Files.write(file, content);
        }
    },
    APPENDED_BYTE("a table's file is a byte too long") {
        @Override
        public void strike(Path file) throws IOException {
            Files.write(file, new byte[1], StandardOpenOption.APPEND);
        }
    },
    MISSING_FILE("a table's file is missing") {
        @Override
        public void strike(Path file) throws IOException {
            Files.delete(file);
        }
    };

    private static final int PAGE_BYTES = 8192;

    private final String words;

    BackupFault(String words) {
        this.words = words;
    }

    /** Strikes a file that nobody else needs. */
    public abstract void strike(Path file) throws IOException;

    /** For people. */
    public String words() {
        return words;
    }

    /** The right reason. */
    public FindingCode finding() {
        return FindingCode.BACKUP_DAMAGED;
    }
}
