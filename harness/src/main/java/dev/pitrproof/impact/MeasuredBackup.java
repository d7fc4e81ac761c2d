package dev.pitrproof.impact;

import dev.pitrproof.backup.BackupProgress;
import dev.pitrproof.backup.BackupRequest;
import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.BaseBackupTaker;
import dev.pitrproof.evidence.Impact;
import dev.pitrproof.replication.ConnectionSettings;
import java.io.IOException;

/**
 * A base backup, and what taking it did to the source.
 *
 * @param backup what {@link BaseBackupTaker} took
 * @param impact what it cost the source, as far as that could be measured
 */
public record MeasuredBackup(BaseBackup backup, Impact.OfBackup impact) {

    /**
     * Takes a base backup and looks at the source meanwhile, over an ordinary connection of the same user. That nothing can
     * be seen there, or no such connection be had, is no error: the impact says what was not measured, and why.
     *
     * @throws IOException as {@link BaseBackupTaker#take} does
     */
    public static MeasuredBackup take(ConnectionSettings settings, BackupRequest request, BackupProgress progress)
            throws IOException {
        try (ImpactMeter meter = new ImpactMeter(settings, progress)) {
            BaseBackup backup = BaseBackupTaker.take(settings, request, meter);
            return new MeasuredBackup(backup, meter.impactOf(backup, request));
        }
    }
}
