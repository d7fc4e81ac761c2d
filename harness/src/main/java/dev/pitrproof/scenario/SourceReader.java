package dev.pitrproof.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** Reads {@code source:}, the cluster that is backed up. */
final class SourceReader {

    private static final Pattern PARAMETER = Pattern.compile("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)?");
    private static final Pattern SQL_NAME = Pattern.compile("(?!pg_)[a-z_][a-z0-9_]{0,62}");
    private static final Pattern SEGMENT_SIZE = Pattern.compile("(\\d{1,4})(MB|GB)");

    /** What the sandbox decides, because the drill rests on it. */
    private static final List<String> OWN_PARAMETERS = List.of(
            "archive_command",
            "archive_library",
            "archive_mode",
            "config_file",
            "data_directory",
            "hba_file",
            "ident_file",
            "listen_addresses",
            "port",
            "unix_socket_directories");

    private final Reading reading;

    SourceReader(Reading reading) {
        this.reading = reading;
    }

    @Nullable
    Source read(Section root) {
        Section source = root.section("source", Shape.SOURCE);
        if (source == null) {
            return null;
        }
        Text setup = source.text("setup");
        ArchiveMethod archive = reading.parsed(
                source.text("archive"),
                StoryReader.oneOf(
                        "archive",
                        Map.of(
                                "command", ArchiveMethod.COMMAND,
                                "receiver", ArchiveMethod.RECEIVER,
                                "none", ArchiveMethod.NONE)));
        Integer segmentSize = reading.parsed(source.scalar("segment-size"), SourceReader::segmentSize);
        Map<String, String> parameters = parameters(source);
        List<Source.Role> roles = roles(source);
        List<String> tablespaces = tablespaces(source);
        Boolean standby = reading.parsed(
                source.scalar("standby"), StoryReader.oneOf("standby", Map.of("true", true, "false", false)));
        if (archive == null) {
            return null;
        }
        return new Source(
                setup == null ? "" : setup.value(),
                archive,
                segmentSize == null ? Source.SEGMENT_SIZE_MB : segmentSize,
                parameters,
                roles,
                tablespaces,
                standby != null && standby,
                setup == null ? Position.of(reading.file()) : setup.position());
    }

    private static Integer segmentSize(String text) {
        Matcher matcher = SEGMENT_SIZE.matcher(text);
        if (matcher.matches()) {
            int megabytes =
                    Integer.parseInt(matcher.group(1)) * (matcher.group(2).equals("GB") ? 1024 : 1);
            if (megabytes >= 1 && megabytes <= 1024 && Integer.bitCount(megabytes) == 1) {
                return megabytes;
            }
        }
        throw new IllegalArgumentException("segment-size is " + Wording.quoted(text)
                + ", expected a power of two from 1MB to 1GB, such as 1MB or 16MB");
    }

    private List<Source.Role> roles(Section source) {
        List<Source.Role> roles = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        List<Node> nodes = source.list("roles", "role");
        for (Node node : nodes == null ? List.<Node>of() : nodes) {
            Section role = Section.read(reading, node, Shape.ROLE);
            if (role == null) {
                continue;
            }
            String name = sqlName(role.text("name"), "role", names);
            Boolean replication = reading.parsed(
                    role.scalar("replication"), StoryReader.oneOf("replication", Map.of("true", true, "false", false)));
            if (name != null) {
                roles.add(new Source.Role(name, replication != null && replication));
            }
        }
        return roles;
    }

    private List<String> tablespaces(Section source) {
        List<String> tablespaces = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        List<Node> nodes = source.list("tablespaces", "tablespace");
        for (Node node : nodes == null ? List.<Node>of() : nodes) {
            String name = sqlName(reading.text(node, "tablespace"), "tablespace", names);
            if (name != null) {
                tablespaces.add(name);
            }
        }
        return tablespaces;
    }

    private @Nullable String sqlName(@Nullable Text text, String what, Set<String> taken) {
        if (text == null) {
            return null;
        }
        if (!SQL_NAME.matcher(text.value()).matches()) {
            reading.problem(
                    text.position(),
                    what + " is " + Wording.quoted(text.value())
                            + ", expected lower case letters, digits and \"_\", and no \"pg_\" before them",
                    null);
            return null;
        }
        if (!taken.add(text.value())) {
            reading.problem(
                    text.position(),
                    what + " " + Wording.quoted(text.value()) + " is taken, expected another name",
                    null);
            return null;
        }
        return text.value();
    }

    private Map<String, String> parameters(Section source) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Node node = source.value("parameters");
        Map<String, NodeTuple> entries = node == null ? null : reading.mapping(node, "parameters");
        if (entries != null) {
            entries.forEach((name, entry) -> parameter(name, entry, parameters));
        }
        return parameters;
    }

    private void parameter(String name, NodeTuple entry, Map<String, String> parameters) {
        if (!PARAMETER.matcher(name).matches()) {
            reading.problem(
                    entry.getKeyNode(),
                    "parameter is named " + Wording.quoted(name) + ", expected a server setting",
                    PARAMETER.matcher(name.toLowerCase(Locale.ROOT)).matches()
                            ? "write it in lower case: " + name.toLowerCase(Locale.ROOT)
                            : null);
        } else if (OWN_PARAMETERS.contains(name)) {
            reading.problem(
                    entry.getKeyNode(),
                    "parameter " + name + " is pitrproof's own to set, expected another",
                    name.startsWith("archive_") ? "archive: under source: says how WAL is archived" : null);
        }
        Text value = reading.scalar(entry.getValueNode(), name);
        if (value != null) {
            parameters.put(name, value.value());
        }
    }
}
