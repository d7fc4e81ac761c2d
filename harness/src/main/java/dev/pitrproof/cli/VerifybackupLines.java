package dev.pitrproof.cli;

import dev.pitrproof.backup.BackupFindings;
import dev.pitrproof.backup.Mismatch;
import dev.pitrproof.restore.BackupWal;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Prints what was found in a backup; the last line is the conclusion. */
abstract sealed class VerifybackupLines {

    /**
     * All that came out.
     *
     * @param wal null if it was not looked at
     * @param seconds from the command's begin
     */
    record Conclusion(
            boolean tar, BackupFindings findings, @Nullable BackupWal wal, double seconds) {

        Conclusion(boolean tar, BackupFindings findings, @Nullable BackupWal wal, long begin) {
            this(tar, findings, wal, (System.nanoTime() - begin) / 1e9);
        }

        List<Mismatch> damage() {
            List<Mismatch> all = new ArrayList<>(findings.mismatches());
            if (wal != null) {
                all.addAll(wal.damage());
            }
            return all;
        }

        List<String> notes() {
            List<String> all = new ArrayList<>(findings.notes());
            if (wal != null) {
                all.addAll(wal.notes());
            }
            return all;
        }

        /** Damage is worse than not knowing. */
        ExitCode exitCode() {
            if (!damage().isEmpty()) {
                return ExitCode.REFUTED;
            }
            return findings.unreadable().isEmpty() ? ExitCode.FINE : ExitCode.UNPROVEN;
        }
    }

    final PrintWriter out;

    VerifybackupLines(PrintWriter out) {
        this.out = out;
    }

    abstract void print(Conclusion conclusion);

    /** For people. */
    static final class Text extends VerifybackupLines {

        private final boolean quiet;

        Text(PrintWriter out, boolean quiet) {
            super(out);
            this.quiet = quiet;
        }

        @Override
        void print(Conclusion conclusion) {
            conclusion.damage().forEach(out::println);
            conclusion.findings().unreadable().forEach(out::println);
            if (quiet) {
                return;
            }
            conclusion.notes().forEach(note -> out.println("note: " + note));
            BackupFindings findings = conclusion.findings();
            out.printf(
                    Locale.ROOT,
                    "%s: %,d files, %,.1f MB in %.1f s%s%n",
                    verdict(conclusion),
                    findings.files(),
                    findings.bytes() / 1e6,
                    conclusion.seconds(),
                    findings.filesBySizeOnly() == 0
                            ? ""
                            : String.format(Locale.ROOT, ", of %,d files only the size", findings.filesBySizeOnly()));
        }

        private static String verdict(Conclusion conclusion) {
            int damage = conclusion.damage().size();
            int unreadable = conclusion.findings().unreadable().size();
            String also = unreadable == 0 ? "" : ", " + unreadable + " unreadable";
            return switch (conclusion.exitCode()) {
                case FINE -> "OK, backup successfully verified";
                case REFUTED -> "DAMAGED, " + damage + (damage == 1 ? " finding" : " findings") + also;
                case UNPROVEN -> "NOT CHECKED" + also;
                case USAGE -> throw new IllegalStateException("a verification that was done is no usage error");
            };
        }
    }

    /** For programs: JSON Lines. Keys are only added, never renamed. */
    static final class Json extends VerifybackupLines {

        private static final JsonMapper JSON = JsonMapper.builder().build();

        Json(PrintWriter out) {
            super(out);
        }

        @Override
        void print(Conclusion conclusion) {
            for (Mismatch mismatch : conclusion.damage()) {
                Map<String, Object> finding = event("finding");
                finding.put(
                        "kind", mismatch.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
                finding.put("path", mismatch.path());
                finding.put("expected", mismatch.expected());
                finding.put("found", mismatch.found());
                finding.put("message", mismatch.toString());
                line(finding);
            }
            messages("unreadable", conclusion.findings().unreadable());
            messages("note", conclusion.notes());
            BackupFindings findings = conclusion.findings();
            Map<String, Object> summary = event("verifybackup");
            summary.put("verdict", verdict(conclusion.exitCode()));
            summary.put("format", conclusion.tar() ? "tar" : "plain");
            summary.put("files", findings.files());
            summary.put("bytes", findings.bytes());
            summary.put("filesBySizeOnly", findings.filesBySizeOnly());
            summary.put("seconds", conclusion.seconds());
            summary.put("damage", conclusion.damage().size());
            summary.put("unreadable", findings.unreadable().size());
            summary.put("notes", conclusion.notes().size());
            summary.put("wal", wal(conclusion.wal()));
            line(summary);
        }

        private static String wal(@Nullable BackupWal wal) {
            if (wal == null) {
                return "skipped";
            }
            return wal.notes().isEmpty() ? "read" : "absent";
        }

        private static String verdict(ExitCode exitCode) {
            return switch (exitCode) {
                case FINE -> "fine";
                case REFUTED -> "damaged";
                case UNPROVEN -> "unchecked";
                case USAGE -> throw new IllegalStateException("a verification that was done is no usage error");
            };
        }

        private void messages(String name, List<String> messages) {
            for (String message : messages) {
                Map<String, Object> event = event(name);
                event.put("message", message);
                line(event);
            }
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
