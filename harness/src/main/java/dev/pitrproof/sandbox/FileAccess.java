package dev.pitrproof.sandbox;

import java.nio.file.Path;
import java.util.List;

/**
 * What a server needs to reach besides its data directory. A sandbox that can keep a server from files keeps it from all
 * others, and from writing to the readable ones. The sandbox's own directory can be read too, unless it
 * {@linkplain Sandbox#copiesFiles copies files}.
 *
 * @param readable files and directories, above all the archive; where files are copied, directories only
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
