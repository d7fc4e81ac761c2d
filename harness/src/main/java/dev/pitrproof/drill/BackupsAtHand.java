package dev.pitrproof.drill;

import dev.pitrproof.backup.BaseBackup;
import dev.pitrproof.backup.TarBackup;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A story's complete backups, as a restore needs them: data directories. Those in tar format are unpacked once. */
final class BackupsAtHand {

    private final Sandbox sandbox;
    private final Map<String, ExistingBackup.Examined> known = new HashMap<>();

    /**
     * A backup that a restore can be tried from.
     *
     * @param plain in plain format
     * @param artefacts the directory that it was taken into
     * @param claims what was found out about it
     */
    record AtHand(BaseBackup plain, Path artefacts, List<Claim> claims) {}

    BackupsAtHand(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    Sandbox sandbox() {
        return sandbox;
    }

    /** What a restore begins with: as it was taken, or unpacked, and compared with its manifest on the way. */
    ExistingBackup.Examined of(String label, BaseBackup taken) throws IOException {
        ExistingBackup.Examined examined = known.get(label);
        if (examined == null) {
            examined = TarBackup.isTar(taken.directory())
                    ? unpack(label, taken)
                    : new ExistingBackup.Examined.Usable(taken, Optional.of(IntegrityClaims.backupIntact(taken)));
            known.put(label, examined);
        }
        return examined;
    }

    private ExistingBackup.Examined unpack(String label, BaseBackup taken) throws IOException {
        ExistingBackup.Examined examined =
                new ExistingBackup(taken.directory(), sandbox, "unpacked-" + label, false).examine();
        if (examined instanceof ExistingBackup.Examined.Usable usable) {
            return new ExistingBackup.Examined.Usable(
                    taken.in(usable.backup().directory()),
                    taken.isSound() ? usable.intact() : Optional.of(IntegrityClaims.backupIntact(taken)));
        }
        return examined;
    }
}
