package dev.pitrproof.scenario;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Claims about a backup that was made elsewhere, from a YAML file of at most 256 kB:
 *
 * <pre>
 * database: shop                       # where the SQL is run; postgres if it is left out
 * prove:
 *   - table-exists: orders
 *   - query: { sql: SELECT count(*) &gt; 1000 FROM orders, equals: t }
 *   - recovered-within: 30m
 * </pre>
 *
 * @param database where claims about tables and queries are asked
 * @param claims {@link ClaimSpec.TargetReached} first
 */
public record ClaimsFile(String database, List<ClaimSpec> claims) {

    /** What is claimed of every backup: that the target is reached. */
    public static final ClaimsFile NONE = new ClaimsFile("postgres", List.of(new ClaimSpec.TargetReached()));

    public ClaimsFile {
        claims = List.copyOf(claims);
    }

    /** These claims, and that the structure is sound, if they do not say so yet. */
    public ClaimsFile withStructure() {
        ClaimSpec structure = new ClaimSpec.StructureSound();
        return claims.contains(structure)
                ? this
                : new ClaimsFile(
                        database,
                        Stream.concat(claims.stream(), Stream.of(structure)).toList());
    }

    /**
     * Reads a file.
     *
     * @throws InvalidScenario with everything that is wrong with it
     */
    public static ClaimsFile read(Path file) throws InvalidScenario {
        Reading reading = new Reading(file, FileKind.CLAIMS);
        Section root = Section.read(reading, YamlFile.compose(reading), Shape.CLAIMS_FILE);
        if (root == null) {
            throw reading.invalid();
        }
        Text database = root.text("database");
        List<ClaimSpec> claims = new ClaimReader(reading, new StoryIndex(), Shape.CLAIM_ALONE).read(root, null, false);
        reading.throwIfAny();
        return new ClaimsFile(database == null ? NONE.database() : database.value(), claims);
    }
}
