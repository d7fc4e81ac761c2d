package dev.pitrproof.cli;

import dev.pitrproof.archive.Acknowledgements;
import dev.pitrproof.archive.ArchiveAudit;
import dev.pitrproof.archive.ArchiveAudit.Commit;
import dev.pitrproof.archive.ArchiveAudit.Finding;
import dev.pitrproof.archive.ArchiveAudit.Kind;
import dev.pitrproof.archive.ArchiveAudit.Timeline;
import dev.pitrproof.archive.ArchiveAudit.Window;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Prints what an audit found; the first line is the conclusion. */
abstract sealed class AuditLines {

    final PrintWriter out;

    AuditLines(PrintWriter out) {
        this.out = out;
    }

    abstract void print(ArchiveAudit audit, Acknowledgements known, ExitCode conclusion);

    /** How many findings there are of each weight. */
    record Counts(long damage, long acknowledged, long harmless, long unreadable) {
        static Counts of(ArchiveAudit audit, Acknowledgements known) {
            long acknowledged = audit.findings().stream().filter(known::covers).count();
            List<Finding> others = audit.findings().stream()
                    .filter(finding -> !known.covers(finding))
                    .toList();
            long harmless = others.stream().filter(Finding::harmless).count();
            long unreadable = others.stream()
                    .filter(finding -> finding.kind() == Kind.UNREADABLE)
                    .count();
            return new Counts(others.size() - harmless - unreadable, acknowledged, harmless, unreadable);
        }
    }

    /** For people, at any hour. */
    static final class Text extends AuditLines {

        Text(PrintWriter out) {
            super(out);
        }

        @Override
        void print(ArchiveAudit audit, Acknowledgements known, ExitCode conclusion) {
            Counts counts = Counts.of(audit, known);
            List<Acknowledgements.Line> stale = known.stale(audit.findings());
            out.println(conclusion(counts, conclusion, stale.size()) + ": " + audit.segments()
                    + (audit.segments() == 1 ? " segment" : " segments") + " of PostgreSQL " + audit.walMajor()
                    + ", system " + Long.toUnsignedString(audit.systemIdentifier()) + ", "
                    + (audit.segmentSize() >> 20) + " MB each");
            for (Finding finding : audit.findings()) {
                print(finding, known.covers(finding));
            }
            for (Acknowledgements.Line line : stale) {
                out.println();
                out.println("stale acknowledgement, line " + line.number() + ": " + line.text());
                out.println("  HINT: nothing of the kind was found any more: remove the line");
            }
            out.println();
            for (Timeline timeline : audit.timelines()) {
                print(audit, timeline);
            }
            out.println("A window can be used only with a base backup that ends inside it.");
        }

        private static String conclusion(Counts counts, ExitCode conclusion, int stale) {
            StringBuilder words = new StringBuilder(
                    switch (conclusion) {
                        case FINE -> "OK";
                        case REFUTED -> "DAMAGED, " + count(counts.damage(), "finding");
                        case UNPROVEN -> "NOT CHECKED";
                        case USAGE -> throw new IllegalStateException("an audit that was done is no usage error");
                    });
            append(words, counts.unreadable(), " unreadable");
            append(words, counts.acknowledged(), " acknowledged");
            append(words, counts.harmless(), " harmless");
            append(words, stale, stale == 1 ? " stale acknowledgement" : " stale acknowledgements");
            return words.toString();
        }

        private static void append(StringBuilder words, long count, String what) {
            if (count > 0) {
                words.append(", ").append(count).append(what);
            }
        }

        private static String count(long count, String what) {
            return count + " " + what + (count == 1 ? "" : "s");
        }

        private void print(Finding finding, boolean known) {
            out.println();
            out.println(finding.kind().word() + " " + finding.names()
                    + (finding.files() == 1 ? "" : " (" + finding.files() + " segments)")
                    + (known ? " (acknowledged)" : finding.harmless() ? " (harmless)" : ""));
            if (known) {
                return;
            }
            out.println("  expected  " + finding.expected());
            out.println("  found     " + finding.found());
            out.println("  costs     " + finding.costs());
            out.println("  HINT: " + finding.hint());
        }

        private void print(ArchiveAudit audit, Timeline timeline) {
            int depth = depth(audit, timeline);
            String indent = "  ".repeat(depth);
            out.println(indent + "timeline " + timeline.timeline()
                    + timeline.parent()
                            .map(parent -> ", forked from " + parent + " at "
                                    + timeline.forkedAt().map(Object::toString).orElse("an unknown position"))
                            .orElse("")
                    + ", " + count(timeline.segments(), "segment")
                    + (timeline.partial() ? ", the last of them .partial, which PostgreSQL does not ask for" : "")
                    + ", "
                    + timeline.lastProvableCommit()
                            .map(commit -> "last provable commit: xid " + commit.xid() + " at " + commit.time() + " ("
                                    + commit.lsn() + ")")
                            .orElse("no commit"));
            for (Window window : timeline.windows()) {
                out.println(indent + "  window  " + window.from() + " to " + window.through()
                        + window.firstTime()
                                .map(first -> ", " + first + " to "
                                        + window.lastTime()
                                                .map(Instant::toString)
                                                .orElse(""))
                                .orElse(", no transaction ends in it")
                        + (window.continuesParent()
                                ? ", goes on from timeline "
                                        + timeline.parent()
                                                .map(Object::toString)
                                                .orElse("?")
                                : ""));
            }
        }

        private static int depth(ArchiveAudit audit, Timeline timeline) {
            return timeline.parent()
                    .flatMap(parent -> audit.timelines().stream()
                            .filter(other -> other.timeline().equals(parent))
                            .findFirst())
                    .map(parent -> 1 + depth(audit, parent))
                    .orElse(0);
        }
    }

    /** For programs: JSON Lines. Keys are only added, never renamed. */
    static final class Json extends AuditLines {

        private static final JsonMapper JSON = JsonMapper.builder().build();

        Json(PrintWriter out) {
            super(out);
        }

        @Override
        void print(ArchiveAudit audit, Acknowledgements known, ExitCode conclusion) {
            Counts counts = Counts.of(audit, known);
            Map<String, Object> summary = event("audit");
            summary.put("verdict", verdict(conclusion, counts));
            summary.put("systemIdentifier", Long.toUnsignedString(audit.systemIdentifier()));
            summary.put("walMajor", audit.walMajor());
            summary.put("segmentSize", audit.segmentSize());
            summary.put("segments", audit.segments());
            summary.put("damage", counts.damage());
            summary.put("acknowledged", counts.acknowledged());
            summary.put("harmless", counts.harmless());
            summary.put("unreadable", counts.unreadable());
            line(summary);
            audit.findings().forEach(finding -> finding(finding, known.covers(finding)));
            known.stale(audit.findings()).forEach(stale -> {
                Map<String, Object> event = event("stale");
                event.put("line", stale.number());
                event.put("text", stale.text());
                line(event);
            });
            audit.timelines().forEach(this::timeline);
        }

        private static String verdict(ExitCode conclusion, Counts counts) {
            return switch (conclusion) {
                case FINE -> counts.acknowledged() == 0 ? "fine" : "acknowledged";
                case REFUTED -> "damaged";
                case UNPROVEN -> "unchecked";
                case USAGE -> throw new IllegalStateException("an audit that was done is no usage error");
            };
        }

        private void finding(Finding finding, boolean known) {
            Map<String, Object> event = event("finding");
            event.put("kind", finding.kind().word());
            event.put("first", finding.first());
            event.put("last", finding.last());
            event.put("files", finding.files());
            event.put("acknowledged", known);
            event.put("harmless", finding.harmless());
            event.put("expected", finding.expected());
            event.put("found", finding.found());
            event.put("costs", finding.costs());
            event.put("hint", finding.hint());
            line(event);
        }

        private void timeline(Timeline timeline) {
            Map<String, Object> event = event("timeline");
            event.put("timeline", Integer.toUnsignedLong(timeline.timeline().value()));
            timeline.parent().ifPresent(parent -> event.put("parent", Integer.toUnsignedLong(parent.value())));
            timeline.forkedAt().ifPresent(at -> event.put("forkedAt", at.toString()));
            event.put("segments", timeline.segments());
            event.put("partial", timeline.partial());
            put(event, "lastProvableCommit", timeline.lastProvableCommit());
            line(event);
            for (Window window : timeline.windows()) {
                Map<String, Object> stretch = event("window");
                stretch.put(
                        "timeline", Integer.toUnsignedLong(timeline.timeline().value()));
                stretch.put("from", window.from().toString());
                stretch.put("through", window.through().toString());
                window.firstTime().ifPresent(time -> stretch.put("firstTime", time.toString()));
                window.lastTime().ifPresent(time -> stretch.put("lastTime", time.toString()));
                stretch.put("continuesParent", window.continuesParent());
                put(stretch, "lastCommit", window.lastCommit());
                line(stretch);
            }
        }

        private static void put(Map<String, Object> event, String key, Optional<Commit> commit) {
            commit.ifPresent(it -> {
                Map<String, Object> values = new LinkedHashMap<>();
                values.put("xid", it.xid());
                values.put("time", it.time().toString());
                values.put("lsn", it.lsn().toString());
                event.put(key, values);
            });
        }

        private static Map<String, Object> event(String name) {
            Map<String, Object> event = new LinkedHashMap<>();
            event.put("event", name);
            return event;
        }

        private void line(Map<String, Object> event) {
            out.println(JSON.writeValueAsString(event));
        }
    }
}
