package dev.pitrproof.fault;

import dev.pitrproof.proof.FindingCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One thing that goes wrong with a file of a backup. */
public enum BackupFault {
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
