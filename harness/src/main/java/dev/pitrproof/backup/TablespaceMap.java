package dev.pitrproof.backup;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file tablespace_map, which says where tablespaces were on the server: {@code <oid> <path>} a line, with a backslash
 * before a backslash or the end of a line inside a path; see {@code read_tablespace_map} in {@code xlogrecovery.c}.
 */
final class TablespaceMap {

    /** The file's name in the data directory. */
    static final String FILE_NAME = "tablespace_map";

    private TablespaceMap() {}

    /**
     * The places by the OIDs, in their order.
     *
     * @throws TarFormatException if a line makes no sense
     */
    static Map<String, String> parse(String content) throws TarFormatException {
        Map<String, String> places = new LinkedHashMap<>();
        StringBuilder line = new StringBuilder();
        boolean escaped = false;
        for (int i = 0; i < content.length(); i++) {
            char c = content.charAt(i);
            if (!escaped && c == '\\') {
                escaped = true;
            } else if (!escaped && (c == '\n' || c == '\r')) {
                add(line.toString(), places);
                line.setLength(0);
            } else {
                line.append(c);
                escaped = false;
            }
        }
        add(line.toString(), places);
        return places;
    }

    private static void add(String line, Map<String, String> places) throws TarFormatException {
        if (line.isEmpty()) {
            return;
        }
        int space = line.indexOf(' ');
        if (space < 0 || !isOid(line.substring(0, space))) {
            throw new TarFormatException(
                    "line \"" + line + "\" of " + FILE_NAME + ": expected the OID of a tablespace and a path");
        }
        places.put(line.substring(0, space), line.substring(space + 1));
    }

    static boolean isOid(String text) {
        return !text.isEmpty() && text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
