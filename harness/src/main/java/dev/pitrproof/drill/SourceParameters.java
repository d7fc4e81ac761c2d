package dev.pitrproof.drill;

import dev.pitrproof.scenario.Source;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings that a source is started with, and its standby: what a drill rests on, and what its scenario says besides. */
final class SourceParameters {

    /** Up to here two segments fit into PostgreSQL's own min_wal_size of 80 MB. */
    private static final int USUAL_SEGMENT_MAX_MB = 40;

    private SourceParameters() {}

    static Map<String, String> of(Archiving archiving, Source source) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("wal_level", "replica");
        parameters.put("max_wal_senders", "10");
        int segment = source.segmentSizeMb();
        if (segment > USUAL_SEGMENT_MAX_MB) {
            // a server refuses to start where two segments do not fit; initdb would see to that in its postgresql.conf
            parameters.put("min_wal_size", 2 * segment + "MB");
            parameters.put("max_wal_size", Math.max(1024, 4 * segment) + "MB");
        }
        parameters.putAll(archiving.parameters());
        parameters.putAll(source.parameters());
        return parameters;
    }
}
