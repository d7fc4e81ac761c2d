package dev.pitrproof.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import tools.jackson.databind.json.JsonMapper;

/** Sample evidences on disk, as a run leaves them. */
public final class Drills {

    /** What tries to get out of whatever it is written into. */
    public static final String HOSTILE =
            "<script>alert(1)</script> & \"two\" 'one' ]]> `c` | [x](http://evil) \\ \u0007\u001b[31m\uFFFE \uD83D\uDE00"
                    + " @everyone\nHINT: -- *b* $m$ {}";

    private Drills() {}

    /** Writes each sample into a directory of its name below the output directory. */
    public static List<EvidenceOnDisk> write(Path output, String... samples) throws IOException {
        List<EvidenceOnDisk> drills = new ArrayList<>();
        for (String sample : samples) {
            drills.add(write(output, sample, Samples.read(sample)));
        }
        return drills;
    }

    /** Writes evidence into the named directory below the output directory. */
    public static EvidenceOnDisk write(Path output, String directory, Evidence evidence) throws IOException {
        EvidenceFile.write(Files.createDirectories(output.resolve(directory)).resolve(EvidenceFile.NAME), evidence);
        return new EvidenceOnDisk(evidence, directory);
    }

    /** An unexpected refutation in which every text that a scenario or a server can set is hostile. */
    public static Evidence hostile(Path scratch) throws IOException {
        String quoted = JsonMapper.shared().writeValueAsString(HOSTILE);
        String json = Files.readString(Samples.file("stopped-late"))
                .replace("\"hourly-1\"", quoted)
                .replace("\"hourly\"", quoted)
                .replace("\"Restored with a command that lets recovery run on.\"", quoted)
                .replace("\"STOPPED_LATE\"", quoted)
                .replace("\"nightly\"", quoted)
                .replace("\"nightly verification\"", quoted)
                .replace("\"17.11\"", quoted)
                .replace("\"container\"", quoted)
                .replaceAll("\"(found|hint|expected)\": \"[^\"]*\"", "\"$1\": " + Matcher.quoteReplacement(quoted))
                .replace("\"4f834e1\"", quoted);
        Path file = Files.writeString(scratch.resolve("hostile.json"), json);
        return EvidenceFile.read(file);
    }
}
