package dev.pitrproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceFile;
import dev.pitrproof.evidence.Verdict;
import dev.pitrproof.proof.FindingCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one call of {@code prove}.
 *
 * @param output its output directory
 */
record ProveRun(int code, String out, String err, Path output) {

    /** A backup and an archive, and where what is said of them goes. */
    record Of(Path backup, Path archive, Path scratch) {

        /** A claim about one query's result. */
        static String query(String sql, Object equals) {
            return "  - query: { sql: \"" + sql + "\", equals: \"" + equals + "\" }\n";
        }

        /** Proves without a look at the structure, with the claims of a claims file. */
        ProveRun to(String claims, String... target) {
            try {
                Path output = Files.createTempDirectory(scratch, "out");
                Path file = Files.writeString(output.resolve("claims.yaml"), "prove:\n" + claims);
                List<String> all = new ArrayList<>(List.of(target));
                all.add("--claims=" + file);
                all.add("--no-structure");
                return run(backup, archive, output, all);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static ProveRun run(Path backup, @Nullable Path archive, Path output, List<String> more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("prove", "--sandbox=process", "--output=" + output));
        all.add("--backup=" + backup);
        if (archive != null) {
            all.add("--archive=" + archive);
        }
        all.addAll(more);
        int code = Main.commandLine(new PrintWriter(out), new PrintWriter(err)).execute(all.toArray(String[]::new));
        return new ProveRun(code, out.toString(), err.toString(), output);
    }

    Evidence evidence() {
        try (var drills = Files.list(output)) {
            return EvidenceFile.read(drills.map(drill -> drill.resolve(EvidenceFile.NAME))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no evidence; " + out + err)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Claim claim(String name) {
        return evidence().claims().stream()
                .filter(claim -> claim.claim().startsWith(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no claim " + name + " in: " + out));
    }

    /** Everything holds, the target by two independent witnesses at least. */
    ProveRun isProven() {
        assertThat(code).as(out + err).isZero();
        assertThat(evidence().verdict()).isEqualTo(Verdict.PROVEN);
        Claim target = claim("target-reached");
        assertThat(target.code()).isEqualTo(FindingCode.TARGET_EXACT.name());
        assertThat(target.witnesses()).contains("status of every transaction").hasSizeGreaterThanOrEqualTo(2);
        assertThat(claim("query").verdict()).isEqualTo(Verdict.PROVEN);
        return this;
    }

    /** Refuted for this reason; the words say what was found. */
    ProveRun isRefuted(FindingCode reason, String... words) {
        return is(1, Verdict.REFUTED, reason, words);
    }

    ProveRun isUnproven(FindingCode reason, String... words) {
        return is(3, Verdict.UNPROVEN, reason, words);
    }

    private ProveRun is(int expected, Verdict verdict, FindingCode reason, String... words) {
        assertThat(code).as(out + err).isEqualTo(expected);
        assertThat(evidence().verdict()).isEqualTo(verdict);
        assertThat(evidence().claims())
                .as(out)
                .anyMatch(claim -> claim.verdict() == verdict && claim.code().equals(reason.name()));
        assertThat(out).contains(reason.name()).contains(words).contains("HINT: ");
        return this;
    }
}
