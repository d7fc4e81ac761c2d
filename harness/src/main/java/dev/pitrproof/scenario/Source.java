package dev.pitrproof.scenario;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The cluster that is backed up.
 *
 * @param setup SQL that runs once before the story begins; may be empty
 * @param archive how its WAL is archived
 * @param parameters server settings beyond pitrproof's own, by name, in the order of the file
 * @param setupPosition where the setup stands, the file as a whole if there is none
 */
public record Source(String setup, ArchiveMethod archive, Map<String, String> parameters, Position setupPosition) {

    public Source {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }
}
