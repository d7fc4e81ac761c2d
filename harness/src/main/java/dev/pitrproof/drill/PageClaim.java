package dev.pitrproof.drill;

import dev.pitrproof.backup.ControlData;
import dev.pitrproof.backup.PageSurvey;
import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import dev.pitrproof.restore.Restore;
import dev.pitrproof.scenario.ClaimSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Judges the page checksums of a restored cluster, for which it is shut down: then every page is in its file as the
 * backup, the WAL and the shutdown left it, and none is being written.
 */
final class PageClaim {

    private static final String NAME = ClaimNames.of(new ClaimSpec.PageChecksumsSound());
    private static final String EXPECTED = "every page of every relation file has the checksum of its content";

    private PageClaim() {}

    static Claim judge(Restore restore) throws IOException, SQLException {
        Path data = restore.shutDown();
        if (ControlData.read(data).dataChecksumVersion() == 0) {
            return claim(
                    Verdict.UNPROVEN,
                    FindingCode.NOTHING_TO_PROVE,
                    "the cluster has no page checksums",
                    "switch them on at the source (pg_checksums --enable, while it is stopped), or claim structure: sound",
                    List.of());
        }
        PageSurvey.Result pages = PageSurvey.of(data);
        if (!pages.damage().isEmpty()) {
            return claim(
                    Verdict.REFUTED,
                    FindingCode.BACKUP_DAMAGED,
                    Excerpt.of(pages.damage()),
                    "find out whether the source has the same damage (pg_amcheck), then take a new base backup",
                    List.of("page checksums"));
        }
        return claim(
                Verdict.PROVEN,
                FindingCode.DATA_AS_CLAIMED,
                String.format(Locale.ROOT, "%,d pages of %,d files checked", pages.pages(), pages.files()),
                null,
                List.of("page checksums"));
    }

    private static Claim claim(
            Verdict verdict, FindingCode code, String found, @Nullable String hint, List<String> witnesses) {
        return new Claim(NAME, verdict, code.name(), EXPECTED, found, hint, witnesses);
    }
}
