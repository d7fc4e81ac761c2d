package dev.pitrproof.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Says what this machine can do. */
@Command(
        name = "doctor",
        description = "Say what this machine can do, and the command that mends what is missing.",
        footer = {"", "Exit codes: 0 drills can run, 2 usage, 3 something that they need is missing."})
public final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "print JSON Lines")
    private boolean json;

    // picocli asks for the option's field and handles it by itself
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    private boolean help;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Ailment> findings = Examination.ofThisMachine();
        findings.forEach(finding -> out.println(json ? asJson(finding) : asText(finding)));
        boolean able = findings.stream().noneMatch(finding -> finding.state() == Ailment.State.MISSING);
        if (!json) {
            out.println();
            out.println(able ? "drills can run on this machine" : "drills cannot run on this machine");
        }
        out.flush();
        return (able ? ExitCode.FINE : ExitCode.UNPROVEN).number();
    }

    private static String asText(Ailment finding) {
        String sign =
                switch (finding.state()) {
                    case FINE -> "✓";
                    case OPTIONAL -> "-";
                    case MISSING -> "✗";
                };
        String line = String.format(Locale.ROOT, "%s %-17s %s", sign, finding.what(), finding.found());
        return finding.mend() == null ? line : line + "\n  HINT: " + finding.mend();
    }

    private static String asJson(Ailment finding) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("what", finding.what());
        line.put("state", finding.state().name().toLowerCase(Locale.ROOT));
        line.put("found", finding.found());
        if (finding.mend() != null) {
            line.put("mend", finding.mend());
        }
        // a mapper is not for every start of the program, which looks at all commands
        return JsonMapper.builder().build().writeValueAsString(line);
    }
}
