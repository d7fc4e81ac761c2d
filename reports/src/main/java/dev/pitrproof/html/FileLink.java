package dev.pitrproof.html;

import dev.pitrproof.evidence.Attachment;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.EvidenceOnDisk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file beside the evidence, or the evidence itself.
 *
 * @param name the file's
 * @param text what is in it, empty when its name has to do
 * @param href from the drill's page to the file
 * @param sha256 its digest as the evidence has it, and of the evidence itself when the page was made; null when it has none
 */
public record FileLink(
        String name, String text, String href, @Nullable String sha256) {

    /** @param evidenceSha256 of the evidence's own file, which it cannot hold itself; null when it is not at hand */
    static List<FileLink> of(EvidenceOnDisk drill, @Nullable String evidenceSha256) {
        Evidence evidence = drill.evidence();
        Map<String, @Nullable String> files = new LinkedHashMap<>();
        files.put(EvidenceFile.NAME, evidenceSha256);
        if (evidence.journal() != null) {
            files.put(evidence.journal(), null);
        }
        if (evidence.answers() != null) {
            files.put(evidence.answers(), null);
        }
        for (Attachment attachment : evidence.attachments()) {
            files.put(attachment.file(), attachment.sha256());
        }
        return files.entrySet().stream()
                .map(file -> link(drill, file.getKey(), file.getValue()))
                .toList();
    }

    private static FileLink link(EvidenceOnDisk drill, String file, @Nullable String sha256) {
        String path = drill.directory().isEmpty() ? file : drill.directory() + "/" + file;
        return new FileLink(file, text(drill.evidence(), file), RelativeLink.of("../" + path), sha256);
    }

    private static String text(Evidence evidence, String file) {
        if (file.equals(evidence.journal())) {
            return "the client’s journal";
        }
        if (file.equals(evidence.answers())) {
            return "the witnesses’ answers";
        }
        return switch (file) {
            case EvidenceFile.NAME -> "all that this page shows";
            case "restored-server.log" -> "the restored server’s log";
            case "restore-requests.txt" -> "which WAL files recovery asked for";
            case "sabotage.jsonl" -> "each fault, and what became of it";
            case "sweep.jsonl" -> "each target of the sweep";
            default -> "";
        };
    }
}
