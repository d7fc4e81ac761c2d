package dev.pitrproof.evidence;

/**
 * The pitrproof that ran the drill.
 *
 * @param version its version
 * @param commit the revision it was built from
 */
public record Tool(String version, String commit) {
    public Tool {
        Components.present(version, "tool.version");
        Components.present(commit, "tool.commit");
    }
}
