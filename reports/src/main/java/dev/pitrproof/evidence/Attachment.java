package dev.pitrproof.evidence;

/**
 * A file beside the evidence.
 *
 * @param file its name, relative to the evidence
 * @param sha256 its digest, hexadecimal
 */
public record Attachment(String file, String sha256) {
    public Attachment {
        Components.present(file, "attachments[].file");
        Components.present(sha256, "attachments[].sha256");
    }
}
