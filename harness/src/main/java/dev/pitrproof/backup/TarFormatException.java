package dev.pitrproof.backup;

import java.io.IOException;
import java.util.regex.Pattern;

/** What came is no tar stream of a base backup, whatever became of writing it. The message is fit for a user. */
final class TarFormatException extends IOException {

    private static final long serialVersionUID = 1L;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    TarFormatException(String message) {
        // names of members come from outside, and a control character in one could do harm on a terminal
        super(CONTROL.matcher(message).replaceAll("?"));
    }
}
