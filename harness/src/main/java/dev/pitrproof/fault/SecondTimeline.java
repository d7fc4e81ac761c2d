package dev.pitrproof.fault;

import dev.pitrproof.wal.SegmentName;
import dev.pitrproof.wal.TimelineHistory;
import dev.pitrproof.wal.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A branch that leaves the way to the target right before the record, as if somebody had restored to there once and gone
 * on: a history file, and segments that begin with what the parent wrote and go on in the branch's own name.
 *
 * <p>It is the newest timeline then, the one that PostgreSQL follows by default, and has the same records as the parent:
 * only the timelines tell that a server took it.
 */
final class SecondTimeline {

    private SecondTimeline() {}

    static void grow(ArchiveScene scene) throws IOException {
        TimelineId branch = new TimelineId(newest(scene).value() + 1);
        TimelineId parent = scene.path().timelineAt(scene.record());
        List<String> history = new ArrayList<>();
        for (TimelineHistory.Switch step : scene.path().ancestry()) {
            if (step.parent().compareTo(parent) < 0) {
                history.add(step.parent() + "\t" + step.switchpoint() + "\t" + step.reason());
            }
        }
        history.add(parent + "\t" + scene.record() + "\tbefore a moment that somebody asked for");
        Files.write(scene.archive().resolve(branch.historyFileName()), history);
        SegmentName first = scene.victim();
        for (SegmentName segment : scene.segments()) {
            boolean isYoungest = scene.segments().stream()
                    .filter(other -> other.number() == segment.number())
                    .max(Comparator.naturalOrder())
                    .filter(segment::equals)
                    .isPresent();
            if (isYoungest && segment.number() >= first.number()) {
                Files.write(scene.file(segment.on(branch)), inNameOf(branch, scene, segment));
            }
        }
    }

    private static TimelineId newest(ArchiveScene scene) throws IOException {
        TimelineId newest = scene.path().timeline();
        try (Stream<Path> files = Files.list(scene.archive())) {
            for (Path file : files.toList()) {
                String name = String.valueOf(file.getFileName());
                TimelineId timeline = new TimelineId(Integer.parseUnsignedInt(name, 0, 8, 16));
                newest = timeline.compareTo(newest) > 0 ? timeline : newest;
            }
        }
        return newest;
    }

    /** The page with the fork on it begins with the parent's records, and so is the parent's. */
    private static byte[] inNameOf(TimelineId branch, ArchiveScene scene, SegmentName segment) throws IOException {
        byte[] content = Files.readAllBytes(scene.file(segment));
        WalPageBytes pages = new WalPageBytes(content);
        pages.from(0, page -> {
            if (Long.compareUnsigned(pages.address(page), scene.record().value()) > 0) {
                pages.setTimeline(page, branch.value());
            }
        });
        return content;
    }
}
