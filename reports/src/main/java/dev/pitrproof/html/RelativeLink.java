package dev.pitrproof.html;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A path as a relative link: whatever stands in it, it leads to a file and never to another place or a script. */
final class RelativeLink {

    private static final String UNRESERVED = "-._~/";

    private RelativeLink() {}

    static String of(String path) {
        StringBuilder link = new StringBuilder("./");
        for (byte octet : path.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (octet & 0xFF);
            boolean plain =
                    character < 0x80 && (Character.isLetterOrDigit(character) || UNRESERVED.indexOf(character) >= 0);
            link.append(plain ? String.valueOf(character) : String.format(Locale.ROOT, "%%%02X", (int) character));
        }
        return link.toString();
    }
}
