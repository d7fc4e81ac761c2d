package dev.pitrproof.evidence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Evidence together with the place it is kept.
 *
 * @param evidence what the file holds
 * @param directory the directory of the file, relative to the output directory, {@code /} between names
 * @param name what reports call the drill: its own name, unless drills of several runs share that
 */
public record EvidenceOnDisk(Evidence evidence, String directory, String name) {

    /** Evidence that goes by the drill's own name. */
    public EvidenceOnDisk(Evidence evidence, String directory) {
        this(evidence, directory, evidence.drill());
    }

    /**
     * The same drills in the same order, no two of the same name: those that share one are told apart by their
     * sandbox, {@code orders-pg17-1 (container)}, and where that does not do by their place in the order,
     * {@code orders-pg17-1 (container, 2)}. Directories take no part in it, so that a name is the same on every machine.
     */
    public static List<EvidenceOnDisk> named(List<EvidenceOnDisk> drills) {
        Map<String, Integer> ofDrill = new HashMap<>();
        Map<String, Integer> ofSandbox = new HashMap<>();
        for (EvidenceOnDisk drill : drills) {
            ofDrill.merge(drill.evidence().drill(), 1, Integer::sum);
            ofSandbox.merge(withSandbox(drill.evidence(), ""), 1, Integer::sum);
        }
        Map<String, Integer> places = new HashMap<>();
        Set<String> taken = new HashSet<>();
        List<EvidenceOnDisk> named = new ArrayList<>();
        for (EvidenceOnDisk drill : drills) {
            Evidence evidence = drill.evidence();
            String name = evidence.drill();
            if (ofDrill.getOrDefault(name, 0) > 1) {
                String group = withSandbox(evidence, "");
                name = ofSandbox.getOrDefault(group, 0) > 1
                        ? withSandbox(evidence, String.valueOf(places.merge(group, 1, Integer::sum)))
                        : group;
            }
            // a drill may be called what another has just been named
            while (!taken.add(name)) {
                name += " (again)";
            }
            named.add(new EvidenceOnDisk(evidence, drill.directory(), name));
        }
        return List.copyOf(named);
    }

    private static String withSandbox(Evidence evidence, String place) {
        String sandbox =
                evidence.postgres() == null ? "no sandbox" : evidence.postgres().sandbox();
        return evidence.drill() + " (" + sandbox + (place.isEmpty() ? "" : ", " + place) + ")";
    }
}
