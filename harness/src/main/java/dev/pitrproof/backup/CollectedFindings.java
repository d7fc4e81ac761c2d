package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What a verification has found so far. Several threads may add to it. */
final class CollectedFindings {

    static final String CONTROL_FILE = "global/pg_control";

    private final Queue<Mismatch> mismatches = new ConcurrentLinkedQueue<>();
    private final Queue<String> unreadable = new ConcurrentLinkedQueue<>();
    private final Queue<String> notes = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Long systemIdentifier;

    void add(Mismatch mismatch) {
        mismatches.add(mismatch);
    }

    void add(RestoreHazards hazards) {
        mismatches.addAll(hazards.damage());
        notes.addAll(hazards.notes());
    }

    /** What the backup was marked with when it was taken. */
    void add(DamageMark.Lines mark) {
        mark.lines().forEach(line -> add(new Mismatch(Mismatch.Kind.TAINTED, DamageMark.FILE_NAME, "", line)));
    }

    void note(String note) {
        notes.add(note);
    }

    void unreadable(String path, IOException e) {
        unreadable.add("could not read \"" + path + "\": " + reason(e));
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileSystemException file) {
            return file.getReason() == null ? file.getClass().getSimpleName() : file.getReason();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Whether something is known to be wrong. */
    boolean hasAny() {
        return !mismatches.isEmpty() || !unreadable.isEmpty();
    }

    /** Looks whether the control file is of the cluster that the manifest tells, which only newer ones do. */
    void checkControl(BackupManifest manifest, byte[] controlFile) {
        ControlData control;
        try {
            control = ControlData.parse(controlFile);
        } catch (IllegalArgumentException e) {
            // that its checksum is not the manifest's says it already
            if (mismatches.stream().noneMatch(mismatch -> mismatch.path().equals(CONTROL_FILE))) {
                add(new Mismatch(Mismatch.Kind.CONTROL_FILE, CONTROL_FILE, "", String.valueOf(e.getMessage())));
            }
            return;
        }
        systemIdentifier = control.systemIdentifier();
        Long expected = manifest.systemIdentifier();
        if (expected != null && expected != control.systemIdentifier()) {
            add(new Mismatch(
                    Mismatch.Kind.SYSTEM_IDENTIFIER,
                    CONTROL_FILE,
                    Long.toUnsignedString(expected),
                    Long.toUnsignedString(control.systemIdentifier())));
        }
    }

    /** @param untilFirst whether only the first difference is wanted */
    BackupFindings end(BackupManifest manifest, long files, long bytes, long filesBySizeOnly, boolean untilFirst) {
        List<Mismatch> sorted = new ArrayList<>(mismatches);
        if (untilFirst && sorted.size() > 1) {
            sorted = sorted.subList(0, 1);
        }
        sorted.sort(Comparator.comparing(Mismatch::path).thenComparing(Mismatch::kind));
        return new BackupFindings(
                manifest,
                sorted,
                unreadable.stream().sorted().toList(),
                List.copyOf(notes),
                files,
                bytes,
                filesBySizeOnly,
                systemIdentifier);
    }

    /** There is no manifest that could be relied upon. */
    BackupFindings endWithoutManifest() {
        return end(BackupManifest.ABSENT, 0, 0, 0, false);
    }
}
