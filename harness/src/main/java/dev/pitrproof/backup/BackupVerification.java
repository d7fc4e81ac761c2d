package dev.pitrproof.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Compares a backup in plain format, by whatever tool, with its manifest: pg_verifybackup's job, in several threads. The
 * backup is only read. Its WAL is not looked at: an archive may have it.
 *
 * <p>For one in tar format see {@link TarBackup}.
 */
public final class BackupVerification {

    private final Path directory;
    private final VerificationSettings settings;

    private BackupVerification(Path directory, VerificationSettings settings) {
        this.directory = directory;
        this.settings = settings;
    }

    public static BackupVerification of(Path directory, int threads) {
        return of(directory, VerificationSettings.ofThreads(threads));
    }

    /** @param directory the data directory */
    public static BackupVerification of(Path directory, VerificationSettings settings) {
        return new BackupVerification(directory, settings);
    }

    /**
     * Compares everything. Without a manifest only what a manifest does not tell is found.
     *
     * @throws IOException if it is no directory, or the manifest is there but cannot be read; what else cannot be read is
     *     among the findings
     */
    public BackupFindings run(VerificationProgress progress) throws IOException {
        Path root = directory.toRealPath();
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(directory.toString());
        }
        CollectedFindings findings = new CollectedFindings();
        if (!settings.ignores(DamageMark.FILE_NAME)) {
            findings.add(DamageMark.read(root));
        }
        ManifestSurvey survey;
        try {
            survey = ManifestSurvey.of(settings.manifestOf(root), settings);
        } catch (NoSuchFileException e) {
            addHazards(root, findings);
            return findings.endWithoutManifest();
        } catch (DamagedManifestException e) {
            findings.add(
                    new Mismatch(Mismatch.Kind.MANIFEST, BackupManifest.FILE_NAME, "", String.valueOf(e.getMessage())));
            return findings.endWithoutManifest();
        }
        progress.expects(survey.files(), survey.bytes());
        try (ComparisonThreads threads = ComparisonThreads.start(root, settings, findings, progress)) {
            survey.forEach(threads::compare);
            if (!threads.isStopped()) {
                UnexpectedFiles.find(root, survey, settings, findings);
            }
            threads.await();
            if (!settings.untilFirst() || !findings.hasAny()) {
                addHazards(root, findings);
                checkControl(root, survey.header(), findings);
            }
            return findings.end(
                    survey.header(), threads.files(), threads.bytes(), survey.filesBySizeOnly(), settings.untilFirst());
        }
    }

    private static void addHazards(Path root, CollectedFindings findings) {
        try {
            findings.add(RestoreHazards.ofPlain(root));
        } catch (IOException e) {
            findings.unreadable(root.toString(), e);
        }
    }

    private static void checkControl(Path root, BackupManifest manifest, CollectedFindings findings) {
        try {
            findings.checkControl(manifest, Files.readAllBytes(root.resolve(CollectedFindings.CONTROL_FILE)));
        } catch (NoSuchFileException e) {
            // the manifest says so
        } catch (IOException e) {
            findings.unreadable(CollectedFindings.CONTROL_FILE, e);
        }
    }
}
