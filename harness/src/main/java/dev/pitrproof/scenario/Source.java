package dev.pitrproof.scenario;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The cluster that is backed up.
 *
 * @param setup SQL that runs once before the story begins; may be empty
 * @param archive how its WAL is archived
 * @param segmentSizeMb megabytes in a WAL segment, a power of two
 * @param parameters server settings beyond pitrproof's own, by name, in the order of the file
 * @param roles that can log in, beyond the superuser
 * @param tablespaces names of tablespaces that there are before the setup
 * @param hasStandby whether a streaming standby follows it
 * @param setupPosition where the setup stands, the file as a whole if there is none
 */
public record Source(
        String setup,
        ArchiveMethod archive,
        int segmentSizeMb,
        Map<String, String> parameters,
        List<Role> roles,
        List<String> tablespaces,
        boolean hasStandby,
        Position setupPosition) {

    /** Small segments make short stories: even a short one fills several. */
    public static final int SEGMENT_SIZE_MB = 1;

    /**
     * A role that can log in.
     *
     * @param mayReplicate whether it may take base backups and stream WAL
     */
    public record Role(String name, boolean mayReplicate) {}

    public Source {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        roles = List.copyOf(roles);
        tablespaces = List.copyOf(tablespaces);
    }

    /** The same with other server settings. */
    public Source withParameters(Map<String, String> others) {
        return new Source(setup, archive, segmentSizeMb, others, roles, tablespaces, hasStandby, setupPosition);
    }

    /** One with settings of its own, and nothing else. */
    public static Source of(ArchiveMethod archive, Map<String, String> parameters, Position position) {
        return new Source("", archive, SEGMENT_SIZE_MB, parameters, List.of(), List.of(), false, position);
    }
}
