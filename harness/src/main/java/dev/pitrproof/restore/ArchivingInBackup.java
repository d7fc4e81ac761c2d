package dev.pitrproof.restore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings by which a source archives, as its backups bring them along: a clone that is started with them archives to
 * where the source does. Files that postgresql.conf includes are not looked at.
 *
 * @param settings those of {@code archive_mode}, {@code archive_command} and {@code archive_library} that are set, by name
 */
public record ArchivingInBackup(Map<String, String> settings) {

    /** In the order in which a server reads them: the last one wins. */
    private static final List<String> FILES = List.of("postgresql.conf", "postgresql.auto.conf");

    /** As {@code guc-file.l} has it: the equals sign and, around simple values, the quotes may be left out. */
    private static final Pattern SETTING =
            Pattern.compile("(?im)^[ \\t]*(archive_(?:mode|command|library))[ \\t]*(?:=|[ \\t])[ \\t]*"
                    + "(?:'((?:[^'\\\\\\n]|''|\\\\.)*)'|([^\\s#'=]+))");

    private static final List<String> ON = List.of("on", "always", "true", "yes", "1");

    public ArchivingInBackup {
        settings = Map.copyOf(settings);
    }

    /** @param dataDirectory a backup in plain format */
    public static ArchivingInBackup of(Path dataDirectory) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String name : FILES) {
            Path file = dataDirectory.resolve(name);
            if (Files.isReadable(file)) {
                read(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1), settings);
            }
        }
        return new ArchivingInBackup(settings);
    }

    private static void read(String text, Map<String, String> settings) {
        Matcher setting = SETTING.matcher(text);
        while (setting.find()) {
            String quoted = setting.group(2);
            settings.put(
                    setting.group(1).toLowerCase(Locale.ROOT),
                    quoted == null
                            ? setting.group(3)
                            : quoted.replace("''", "'").replaceAll("\\\\(.)", "$1"));
        }
    }

    /** Whether a server with these settings archives. */
    public boolean isOn() {
        return ON.contains(settings.getOrDefault("archive_mode", "off").toLowerCase(Locale.ROOT))
                && !(settings.getOrDefault("archive_command", "") + settings.getOrDefault("archive_library", ""))
                        .isBlank();
    }
}
