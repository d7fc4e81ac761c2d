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

/** A story's complete backups, as a restore needs them: data directories. Those in tar format are unpacked once. */
final class BackupsAtHand {

    private final Sandbox sandbox;
    private final Map<String, AtHand> known = new HashMap<>();

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

    AtHand of(String label, BaseBackup taken) throws IOException {
        AtHand hand = known.get(label);
        if (hand == null) {
            hand = TarBackup.isTar(taken.directory())
                    ? unpack(label, taken)
                    : new AtHand(taken, taken.directory(), List.of(RestoreDrill.backupIntact(taken)));
            known.put(label, hand);
        }
        return hand;
    }

    private AtHand unpack(String label, BaseBackup taken) throws IOException {
        ExistingBackup packed = new ExistingBackup(taken.directory(), sandbox, "unpacked-" + label, false);
        ExistingBackup.Examined examined = packed.examine();
        if (examined instanceof ExistingBackup.Examined.Usable usable) {
            Claim intact = taken.isSound() ? usable.intact().orElseThrow() : RestoreDrill.backupIntact(taken);
            return new AtHand(taken.in(usable.backup().directory()), taken.directory(), List.of(intact));
        }
        throw new IOException("backup \"" + label + "\" cannot be unpacked: "
                + ((ExistingBackup.Examined.Unusable) examined).why().found());
    }
}
