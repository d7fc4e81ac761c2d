package dev.pitrproof.s3;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a bucket: {@code s3://BUCKET} or {@code s3://BUCKET/PREFIX}.
 *
 * @param prefix what the keys of an archive's objects begin with, without the slash behind it; may be empty
 */
public record S3Location(String bucket, String prefix) {

    private static final String SCHEME = "s3:";
    private static final Pattern FORM = Pattern.compile("s3://([^/]*)(?:/(.*))?", Pattern.DOTALL);
    /** Of the naming rules of buckets, what every store holds to. */
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]");

    /** Whether a text means such a place, and no directory. */
    public static boolean isMeant(String text) {
        return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    /** @throws IllegalArgumentException if it cannot be understood; the message is fit for a user */
    public static S3Location parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is no place in a bucket: expected s3://BUCKET/PREFIX");
        }
        String bucket = matcher.group(1);
        if (!BUCKET.matcher(bucket).matches()) {
            throw new IllegalArgumentException("\"" + bucket + "\" in \"" + text
                    + "\" is no bucket's name: expected 3 to 63 letters, digits, dots and hyphens");
        }
        String prefix = matcher.group(2) == null ? "" : matcher.group(2).replaceFirst("/+$", "");
        return new S3Location(bucket, prefix);
    }

    /** The key of a file there. */
    String key(String fileName) {
        return folder() + fileName;
    }

    /** What all keys begin with. */
    String folder() {
        return prefix.isEmpty() ? "" : prefix + "/";
    }

    @Override
    public String toString() {
        return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }
}
