package dev.pitrproof.drill;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which pitrproof this is, from the build. */
public final class Version {

    private static final Properties PROPERTIES = read();

    /** The version number, e.g. {@code 0.1.0}. */
    public static final String NUMBER = PROPERTIES.getProperty("version", "unknown");

    /** The commit it was built from, abbreviated; {@code unknown} outside a repository. */
    public static final String COMMIT = PROPERTIES.getProperty("commit", "unknown");

    private Version() {}

    private static Properties read() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }
}
