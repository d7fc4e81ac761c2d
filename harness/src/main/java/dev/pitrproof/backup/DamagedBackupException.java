package dev.pitrproof.backup;

import java.io.IOException;

/** A backup in tar format cannot be taken apart to its end. The message is fit for a user and names the file. */
public final class DamagedBackupException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String file;

    DamagedBackupException(String file, String message) {
        super(message);
        this.file = file;
    }

    /** The file's name, relative to the backup's directory. */
    public String file() {
        return file;
    }
}
