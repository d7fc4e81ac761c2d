package dev.pitrproof.allure;

import dev.pitrproof.evidence.Attachment;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.html.HtmlReport;
import dev.pitrproof.prose.Wording;
import io.qameta.allure.model.TestResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A file shown with a result: the picture of the story, the evidence, and the files that the evidence names, as they
 * are but for the path of the sandbox, which a server writes into its log and which says something about the machine.
 *
 * <p>Only files in the drill's own directory are taken, whatever the evidence calls them, for a report is published. A
 * file that is gone, is no longer what it was when the evidence was written, or is larger than 10 MB, is left out and
 * said to be.
 */
final class AttachedFile {

    private static final Pattern SANDBOX = Pattern.compile("(?:/[^\\s\"'/]+){0,20}/pitrproof-[A-Za-z0-9]+(?=/)");
    private static final long BYTES_MAX = 10L << 20;

    private final int number;
    private final String name;
    private final String type;
    private final byte[] content;

    private AttachedFile(int number, String name, String type, byte[] content) {
        this.number = number;
        this.name = name;
        this.type = type;
        this.content = content;
    }

    static List<AttachedFile> of(EvidenceOnDisk drill, Path outputDirectory) throws IOException {
        Evidence evidence = drill.evidence();
        List<AttachedFile> files = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        HtmlReport.picture(evidence).ifPresent(svg -> add(files, "story.svg", "image/svg+xml", utf8(svg)));
        Path directory = outputDirectory.resolve(drill.directory());
        for (Map.Entry<String, @Nullable String> named : names(evidence).entrySet()) {
            String name = named.getKey();
            Path file = inside(directory, name);
            if (file == null) {
                leftOut.add(name + ": is not in the drill's directory");
            } else if (Files.size(file) > BYTES_MAX) {
                leftOut.add(name + ": " + Wording.bytes(Files.size(file)) + ", at most " + Wording.bytes(BYTES_MAX)
                        + " are attached");
            } else {
                byte[] content = Files.readAllBytes(file);
                String sha256 = named.getValue();
                if (sha256 == null || sha256.equals(sha256(content))) {
                    add(files, name, type(name), withoutPaths(content));
                } else {
                    leftOut.add(name + ": was changed after the drill, its SHA-256 is " + sha256(content) + ", not "
                            + sha256);
                }
            }
        }
        if (!leftOut.isEmpty()) {
            add(files, "not attached", "text/plain", utf8(String.join("\n", leftOut) + "\n"));
        }
        return files;
    }

    InputStream open() {
        return new ByteArrayInputStream(content);
    }

    /** The name in the directory of results. */
    String source(TestResult result) {
        String extension =
                switch (type) {
                    case "image/svg+xml" -> "svg";
                    case "application/json" -> "json";
                    default -> "txt";
                };
        return result.getUuid() + "-" + number + "-attachment." + extension;
    }

    io.qameta.allure.model.Attachment in(TestResult result) {
        return new io.qameta.allure.model.Attachment()
                .setName(name)
                .setType(type)
                .setSource(source(result))
                .setSize((long) content.length);
    }

    /** The names of the files with their digests, each once. */
    private static Map<String, @Nullable String> names(Evidence evidence) {
        Map<String, @Nullable String> names = new LinkedHashMap<>();
        names.put(EvidenceFile.NAME, null);
        for (Attachment attachment : evidence.attachments()) {
            names.put(attachment.file(), attachment.sha256());
        }
        if (evidence.journal() != null) {
            names.putIfAbsent(evidence.journal(), null);
        }
        if (evidence.answers() != null) {
            names.putIfAbsent(evidence.answers(), null);
        }
        return names;
    }

    private static @Nullable Path inside(Path directory, String name) {
        try {
            Path home = directory.toRealPath();
            Path file = home.resolve(name).toRealPath();
            return file.startsWith(home) && Files.isRegularFile(file) ? file : null;
        } catch (IOException | InvalidPathException e) {
            // what cannot be reached is not there, for a reader of the report
            return null;
        }
    }

    private static void add(List<AttachedFile> files, String name, String type, byte[] content) {
        files.add(new AttachedFile(files.size() + 1, name, type, content));
    }

    private static byte[] withoutPaths(byte[] content) {
        // one character for each byte and back again, whatever the encoding is
        String text = new String(content, StandardCharsets.ISO_8859_1);
        return SANDBOX.matcher(text).replaceAll("(sandbox)").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What is not surely something else is shown as text, never run. */
    private static String type(String name) {
        return name.endsWith(".json") ? "application/json" : "text/plain";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
