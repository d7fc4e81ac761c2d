package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a manifest does not tell of a backup, and whoever restores it may stumble over: directories that are empty and so
 * get lost, files that decide what a server does when it starts. Which directories there must be: {@code initdb.c}.
 *
 * @param damage without which no server starts
 * @param notes what is no damage
 */
record RestoreHazards(List<Mismatch> damage, List<String> notes) {

    /** A data directory, or one that is still packed. */
    interface Content {
        boolean isDirectory(String path);

        boolean isFile(String path);

        /** The text of a file that is there. */
        String text(String path) throws IOException;
    }

    static final String VERSION_FILE = "PG_VERSION";

    /** Tried on 14 and 18: a server on such a backup ends with FATAL or PANIC before its recovery is over. */
    private static final List<String> NOTHING_STARTS_WITHOUT = List.of(
            "pg_commit_ts",
            "pg_logical/mappings",
            "pg_logical/snapshots",
            "pg_notify",
            "pg_replslot",
            "pg_subtrans",
            "pg_tblspc",
            "pg_twophase",
            "pg_wal");

    /** From 15 on a server starts without, and misses them later. */
    private static final List<String> UP_TO_14 = List.of("pg_stat", "pg_stat_tmp");

    /** A server starts without; what needs them fails later, such as an exported snapshot. */
    private static final List<String> NEEDED_LATER = List.of("pg_dynshmem", "pg_serial", "pg_snapshots");

    private static final Pattern DECIDES_ON_RECOVERY = Pattern.compile(
            "(?im)^\\s*(recovery_target\\w*|primary_conninfo|primary_slot_name|restore_command|archive_cleanup_command"
                    + "|recovery_end_command|promote_trigger_file)\\b");

    RestoreHazards {
        damage = List.copyOf(damage);
        notes = List.copyOf(notes);
    }

    static RestoreHazards of(Content backup) throws IOException {
        List<String> required = new ArrayList<>(NOTHING_STARTS_WITHOUT);
        List<String> neededLater = new ArrayList<>(NEEDED_LATER);
        (isUpTo14(backup) ? required : neededLater).addAll(UP_TO_14);
        List<Mismatch> damage = new ArrayList<>();
        for (String directory : required) {
            if (!backup.isDirectory(directory)) {
                damage.add(new Mismatch(Mismatch.Kind.DIRECTORY, directory, "a directory", ""));
            }
        }
        List<String> notes = new ArrayList<>();
        List<String> lost = neededLater.stream()
                .filter(directory -> !backup.isDirectory(directory))
                .toList();
        if (!lost.isEmpty()) {
            notes.add((lost.size() == 1 ? "directory " : "directories ") + String.join(", ", lost)
                    + (lost.size() == 1 ? " is" : " are")
                    + " missing: a server starts without, and fails later");
        }
        if (backup.isFile("standby.signal")) {
            notes.add("standby.signal is in the backup: a server that starts on it becomes a standby, also if"
                    + " recovery.signal is there");
        }
        if (backup.isFile("recovery.signal")) {
            notes.add("recovery.signal is in the backup: a server that starts on it asks for WAL by restore_command");
        }
        settings(backup).ifPresent(notes::add);
        if (backup.isFile(BackupLabel.FILE_NAME)
                && backup.text(BackupLabel.FILE_NAME).contains("INCREMENTAL FROM LSN: ")) {
            notes.add("it is an incremental backup: no server starts on it before pg_combinebackup has made it whole");
        }
        return new RestoreHazards(damage, notes);
    }

    private static boolean isUpTo14(Content backup) throws IOException {
        if (!backup.isFile(VERSION_FILE)) {
            return false;
        }
        String version = backup.text(VERSION_FILE).strip();
        return version.equals("13") || version.equals("14");
    }

    private static Optional<String> settings(Content backup) throws IOException {
        if (!backup.isFile("postgresql.auto.conf")) {
            return Optional.empty();
        }
        List<String> decide = DECIDES_ON_RECOVERY
                .matcher(backup.text("postgresql.auto.conf"))
                .results()
                .map(result -> result.group(1))
                .distinct()
                .toList();
        return decide.isEmpty()
                ? Optional.empty()
                : Optional.of("postgresql.auto.conf sets " + String.join(", ", decide)
                        + ": a server that starts on the backup obeys");
    }

    /** Of a backup in plain format, whose modes and map of tablespaces matter, too. */
    static RestoreHazards ofPlain(Path directory) throws IOException {
        RestoreHazards hazards = of(new Content() {
            @Override
            public boolean isDirectory(String path) {
                return Files.isDirectory(directory.resolve(path));
            }

            @Override
            public boolean isFile(String path) {
                return Files.isRegularFile(directory.resolve(path));
            }

            @Override
            public String text(String path) throws IOException {
                return FileName.decode(Files.readAllBytes(directory.resolve(path)));
            }
        });
        List<String> notes = new ArrayList<>(hazards.notes());
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
        if (!mode.equals("rwx------") && !mode.equals("rwxr-x---")) {
            notes.add("the directory has mode " + mode + ": a server only starts on rwx------ or rwxr-x---");
        }
        if (Files.exists(directory.resolve(TablespaceMap.FILE_NAME))) {
            notes.add(TablespaceMap.FILE_NAME + " is in the backup: recovery links tablespaces to the places it names,"
                    + " which may be those in use");
        }
        return new RestoreHazards(hazards.damage(), notes);
    }
}
