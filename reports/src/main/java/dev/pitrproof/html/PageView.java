package dev.pitrproof.html;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.prose.Prose;
import dev.pitrproof.prose.Wording;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The whole page: one sentence, then the drills by scenario, in the order they came. */
public record PageView(String overall, boolean good, String tally, String when, List<Group> groups) {

    /** The drills of one scenario. */
    public record Group(String scenario, List<DrillView> drills) {}

    static PageView of(List<EvidenceOnDisk> drills) {
        List<Evidence> evidences = drills.stream().map(EvidenceOnDisk::evidence).toList();
        Map<String, List<DrillView>> groups = new LinkedHashMap<>();
        for (int i = 0; i < drills.size(); i++) {
            DrillView view = DrillView.of(drills.get(i), "drill-" + (i + 1));
            groups.computeIfAbsent(view.evidence().scenario(), scenario -> new ArrayList<>())
                    .add(view);
        }
        return new PageView(
                Prose.overall(evidences),
                !evidences.isEmpty() && evidences.stream().allMatch(Evidence::asExpected),
                Prose.tally(evidences),
                evidences.stream()
                        .map(Evidence::started)
                        .min(java.util.Comparator.naturalOrder())
                        .map(Wording::day)
                        .orElse(""),
                groups.entrySet().stream()
                        .map(group -> new Group(group.getKey(), List.copyOf(group.getValue())))
                        .toList());
    }

    /** All drills in the order of the page. */
    public List<DrillView> drills() {
        return groups.stream().flatMap(group -> group.drills().stream()).toList();
    }
}
