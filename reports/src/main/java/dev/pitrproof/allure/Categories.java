package dev.pitrproof.allure;

import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Surprise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code categories.json}: a category for each code that a drill ended with unexpectedly. A result falls into it by the
 * code at the beginning of its message.
 */
final class Categories {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private static final Pattern CODE = Pattern.compile("[A-Z0-9_]+");

    /** What a reader who does not know the code needs to be told; a code that is not here stands for itself. */
    private static final Map<String, String> WORDS = Map.ofEntries(
            Map.entry("STOPPED_EARLY", "recovery stopped before its target"),
            Map.entry("STOPPED_LATE", "recovery went past its target"),
            Map.entry("WRONG_BRANCH", "recovery followed another timeline"),
            Map.entry("NOT_RECOVERED", "the server is up but never recovered"),
            Map.entry("BEFORE_CONSISTENCY", "the target lies before the end of the backup"),
            Map.entry("TARGET_NOT_REACHED", "the WAL ended before the target"),
            Map.entry("AFTER_LAST_COMMIT", "the target is later than the last commit"),
            Map.entry("WAL_GAP", "a WAL segment is missing"),
            Map.entry("WAL_CORRUPT", "a WAL segment is damaged"),
            Map.entry("WAL_MINIMAL", "the WAL was written at wal_level=minimal"),
            Map.entry("FOREIGN_WAL", "a WAL segment belongs to another cluster"),
            Map.entry("BACKUP_DAMAGED", "the base backup is not what its manifest says"),
            Map.entry("BACKUP_MISSING", "there is no such base backup"),
            Map.entry("STORY_DIFFERS", "the story did not go as the scenario says"),
            Map.entry("DATA_DIFFERS", "the restored data are not what was claimed"),
            Map.entry("SIDE_EFFECT", "the restore changed something outside its sandbox"),
            Map.entry("RTO_EXCEEDED", "recovery took too long"),
            Map.entry("RPO_EXCEEDED", "too much was lost"),
            Map.entry("NOTHING_TO_PROVE", "there was nothing to prove"),
            Map.entry("ENGINE_CANNOT_JUDGE", "this PostgreSQL cannot read the backup"),
            Map.entry("ENVIRONMENT", "the machine failed the drill"),
            Map.entry(Surprise.NOT_REFUTED, "damage was to be shown, and every claim held"),
            Map.entry(Surprise.NO_FINDING, "no claim says why"));

    private record Category(String name, String messageRegex, List<String> matchedStatuses) {}

    private Categories() {}

    static String json(List<EvidenceOnDisk> drills) {
        Set<String> codes = new TreeSet<>();
        for (EvidenceOnDisk drill : drills) {
            Surprise.of(drill.evidence())
                    .map(Surprise::code)
                    .filter(code -> CODE.matcher(code).matches())
                    .ifPresent(codes::add);
        }
        List<Category> categories = new ArrayList<>();
        for (String code : codes) {
            String words = WORDS.get(code);
            // read by Java and by JavaScript: without flags, which they write differently
            categories.add(new Category(
                    words == null ? code : code + ": " + words,
                    "^" + code + ":[\\s\\S]*",
                    List.of("failed", "broken")));
        }
        return MAPPER.writeValueAsString(categories) + "\n";
    }
}
