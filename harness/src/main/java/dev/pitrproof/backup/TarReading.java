package dev.pitrproof.backup;

import dev.pitrproof.compression.DecodingStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads the files of a backup in tar format once, one after the other, and compares what comes with the manifest. */
final class TarReading {

    /** What becomes of the members. */
    interface Target {
        /**
         * A tar file begins.
         *
         * @param prefix where its members lie, relative to the data directory; empty or with a slash at its end
         */
        TarStream.Members begin(String prefix) throws IOException;

        /**
         * There is a tablespace, whose members come next.
         *
         * @param place where it was on the server; a relative path if it was inside the data directory
         */
        default void tablespace(String oid, String place) throws IOException {}
    }

    private static final int WINDOW_BYTES = 1 << 18;

    private final TarBackup backup;
    private final VerificationSettings settings;
    private final VerificationProgress progress;
    private final CollectedFindings findings = new CollectedFindings();
    private final KeptMembers kept = new KeptMembers();
    private final byte[] window = new byte[WINDOW_BYTES];
    private @Nullable ManifestSurvey survey;
    private StreamedFiles streamed = new StreamedFiles(ChecksumAlgorithm.NONE);
    private long bytes;

    TarReading(TarBackup backup, VerificationSettings settings, VerificationProgress progress) {
        this.backup = backup;
        this.settings = settings;
        this.progress = progress;
    }

    /** @throws DamagedBackupException if a tar file is missing, or cannot be taken apart to its end */
    BackupFindings read(Target target) throws IOException {
        begin();
        readPart(TarBackup.BASE, "", target);
        Map<String, String> places = places();
        for (Map.Entry<String, String> tablespace : places.entrySet()) {
            String oid = tablespace.getKey();
            if (backup.part(oid).isEmpty()) {
                throw new DamagedBackupException(
                        oid + ".tar",
                        "directory \"" + backup.directory() + "\" holds no " + oid + ".tar: the backup has tablespace "
                                + oid + ", which was in \"" + tablespace.getValue() + "\"");
            }
        }
        for (Map.Entry<String, String> tablespace : places.entrySet()) {
            target.tablespace(tablespace.getKey(), tablespace.getValue());
            readPart(tablespace.getKey(), MemberFiles.TABLESPACE_LINKS + tablespace.getKey() + "/", target);
        }
        if (backup.part(TarBackup.WAL).isPresent()) {
            readPart(TarBackup.WAL, TarBackup.WAL + "/", target);
        }
        progress.checked(bytes);
        return compare();
    }

    private void begin() throws IOException {
        if (!settings.ignores(DamageMark.FILE_NAME)) {
            findings.add(DamageMark.read(backup.directory()));
        }
        try {
            ManifestSurvey known = ManifestSurvey.of(settings.manifestOf(backup.directory()), settings);
            survey = known;
            streamed = known.beginStreaming();
            progress.expects(known.files(), known.bytes());
        } catch (NoSuchFileException e) {
            // there is nothing to compare with
        } catch (DamagedManifestException e) {
            findings.add(
                    new Mismatch(Mismatch.Kind.MANIFEST, BackupManifest.FILE_NAME, "", String.valueOf(e.getMessage())));
        }
    }

    /** Where the tablespaces were on the server. */
    private Map<String, String> places() throws IOException {
        try {
            Map<String, String> places = new TreeMap<>(kept.linkedTablespaces());
            if (kept.isFile(TablespaceMap.FILE_NAME)) {
                places.putAll(TablespaceMap.parse(kept.text(TablespaceMap.FILE_NAME)));
            }
            // of one inside the data directory only its tar file tells
            backup.tablespaceParts().forEach(oid -> places.putIfAbsent(oid, MemberFiles.TABLESPACE_LINKS + oid));
            return places;
        } catch (TarFormatException e) {
            throw damaged(backup.part(TarBackup.BASE).orElseThrow(), e.getMessage());
        }
    }

    private void readPart(String name, String prefix, Target target) throws IOException {
        TarBackup.Part part = backup.part(name).orElseThrow();
        CheckedMembers checked = new CheckedMembers(streamed, this::isPassedOver, target.begin(prefix));
        checked.under(prefix);
        TarStream tar = new TarStream(kept.before(prefix, checked));
        long before = bytes;
        try (DecodingStream content = DecodingStream.open(part.file(), part.compression())) {
            try {
                for (int read = content.read(window, 0, window.length);
                        read >= 0;
                        read = content.read(window, 0, window.length)) {
                    tar.accept(ByteBuffer.wrap(window, 0, read));
                    bytes = before + checked.fileBytes();
                    progress.checked(bytes);
                }
                requireWhole(part, content);
                tar.end();
            } catch (TarFormatException e) {
                // what was damaged in its compressed form may first be seen by what it decompresses to
                readOn(content);
                requireWhole(part, content);
                throw damaged(part, e.getMessage());
            }
            if (!tar.hasEnded()) {
                throw damaged(part, "it is cut short: the blocks of zeros are missing with which a tar file ends");
            }
            if (content.isFollowed()) {
                throw damaged(part, "something follows that is no part of the compressed content");
            }
        }
    }

    private void readOn(DecodingStream content) throws IOException {
        int read;
        do {
            read = content.read(window, 0, window.length);
        } while (read >= 0);
    }

    private static void requireWhole(TarBackup.Part part, DecodingStream content) throws DamagedBackupException {
        if (content.failure().isPresent()) {
            throw damaged(part, content.failure().get().message());
        }
    }

    private static DamagedBackupException damaged(TarBackup.Part part, @Nullable String what) {
        return new DamagedBackupException(part.fileName(), "file \"" + part.file() + "\": " + what);
    }

    private boolean isPassedOver(String path) {
        return settings.ignores(path) || path.equals(DamageMark.FILE_NAME);
    }

    private BackupFindings compare() throws IOException {
        if (kept.isFile(DamageMark.FILE_NAME) && !settings.ignores(DamageMark.FILE_NAME)) {
            findings.add(DamageMark.parse(kept.bytes(DamageMark.FILE_NAME)));
        }
        ManifestSurvey manifest = survey;
        if (manifest != null) {
            manifest.forEach(streamed::compare);
            streamed.finish().forEach(findings::add);
        }
        findings.add(RestoreHazards.of(kept));
        BackupManifest header = manifest == null ? BackupManifest.ABSENT : manifest.header();
        if (kept.isFile(CollectedFindings.CONTROL_FILE)) {
            findings.checkControl(header, kept.bytes(CollectedFindings.CONTROL_FILE));
        }
        return findings.end(
                header,
                manifest == null ? 0 : manifest.files(),
                bytes,
                manifest == null ? 0 : manifest.filesBySizeOnly(),
                settings.untilFirst());
    }

    /** The damage to a tar file is all that can be said. */
    BackupFindings endWith(DamagedBackupException e) {
        findings.add(new Mismatch(Mismatch.Kind.TAR, e.file(), "", String.valueOf(e.getMessage())));
        ManifestSurvey manifest = survey;
        return findings.end(
                manifest == null ? BackupManifest.ABSENT : manifest.header(), 0, bytes, 0, settings.untilFirst());
    }
}
