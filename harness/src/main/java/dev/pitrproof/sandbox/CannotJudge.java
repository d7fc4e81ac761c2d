package dev.pitrproof.sandbox;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a server says when it is not the data that is wrong, but the server that lacks something to read it: a
 * compression it was built without, a locale or a library that its system does not have.
 */
public final class CannotJudge {

    private static final List<Pattern> COMPLAINTS = List.of(
            // xlogreader.c, RestoreBlockImage: "could not restore image at … compressed with zstd not supported by
            // build"
            Pattern.compile("compressed with \\w+ not supported by build"),
            // toast_compression.c
            Pattern.compile("compression method \\w+ not supported"),
            // guc.c, for a source that is to have a compression
            Pattern.compile(
                    "invalid value for parameter \"(wal_compression|default_toast_compression)\": \"(lz4|zstd)\""),
            // dbcommands.c and pg_locale.c, for a source that is to have a locale
            Pattern.compile("invalid (LC_\\w+ )?locale name|could not create locale"),
            // postinit.c, CheckMyDatabase
            Pattern.compile("database locale is incompatible with operating system"),
            // dfmgr.c
            Pattern.compile("could not (load library|access file) \"[^\"]*\""));

    /** What to do about it. */
    public static final String HINT =
            "use a PostgreSQL that has what the data needs: a container's by --image (locales:"
                    + " PITRPROOF_LOCALES of scenarios/images/build), or an installed one by --pg-bin";

    private CannotJudge() {}

    /** Whether these words of a server, from its log or as an error, are such a complaint. */
    public static boolean isSaidBy(String words) {
        return COMPLAINTS.stream()
                .anyMatch(complaint -> complaint.matcher(words).find());
    }

    /** The server's words as a failure that says nothing about a backup. */
    public static SandboxException because(String words, Throwable cause) {
        return new SandboxException(
                SandboxException.Kind.CANNOT_JUDGE, "this PostgreSQL cannot read the data: " + words, HINT, cause);
    }
}
