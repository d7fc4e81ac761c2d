package dev.pitrproof.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * What a server needs to reach besides its data directory. A sandbox that can keep a server from files keeps it from all
 * others, and from writing to the readable ones; the sandbox's own directory can always be read.
 *
 * @param readable files and directories outside the sandbox's directory, above all the archive
 * @param writable directories the server writes to, as the one for the journal of its {@code restore_command}
 */
public record FileAccess(List<Path> readable, List<Path> writable) {

    /** Nothing more than every server has. */
    public static final FileAccess NONE = new FileAccess(List.of(), List.of());

    public FileAccess {
        readable = List.copyOf(readable);
        writable = List.copyOf(writable);
    }
}
