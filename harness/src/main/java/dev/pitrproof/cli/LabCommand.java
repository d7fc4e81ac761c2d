package dev.pitrproof.cli;

import dev.pitrproof.lab.Answers;
import dev.pitrproof.lab.LabSession;
import dev.pitrproof.lab.Lessons;
import dev.pitrproof.lab.Page;
import dev.pitrproof.lab.Stage;
import dev.pitrproof.scenario.ScenarioFiles;
import dev.pitrproof.scenario.Wording;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lab}: guided lessons, in which a learner predicts what a real drill then shows. */
@Command(
        name = "lab",
        description = {
            "Guided lessons: read, predict, run the real drill, compare.",
            "Without LESSON, lists them. A lesson takes five to ten minutes; whether it was finished is kept in --output."
        },
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the lesson is finished, whatever was predicted",
            "1:the hidden fault was not found",
            "2:usage, or there is no answer to a question",
            "3:the drill could not be done"
        })
public final class LabCommand implements Callable<Integer> {

    private static final String DONE = "lessons-done";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "LESSON", description = "a lesson's name, or its number")
    private @Nullable String lesson;

    @Option(
            names = "--answers",
            paramLabel = "FILE",
            description = "answers, one a line, instead of those that are typed; lines that begin with # are left out")
    private @Nullable Path answers;

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            description = "where the workload's choices and the hidden fault come from (default: ${DEFAULT-VALUE})",
            defaultValue = "1")
    private long seed = 1;

    @Mixin
    private SandboxOptions sandbox = new SandboxOptions();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "where evidence and reports go (default: ${DEFAULT-VALUE})",
            defaultValue = "target/pitrproof/lab")
    private Path output = Path.of("target/pitrproof/lab");

    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli answers it
    private boolean help;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Page page = new Page(out, Terminal.columns(), Terminal.outHasColour());
        Lessons lessons = Lessons.shipped();
        if (lesson != null && lessons.called(lesson).isEmpty()) {
            return unknown(lessons, lesson, err);
        }
        try (BufferedReader lines = lines()) {
            boolean typed = answers == null && Terminal.console().isPresent();
            Answers given = new Answers(lines, answers == null ? "standard input" : answers.toString(), typed);
            Optional<String> name = name(lessons, page, given, typed);
            if (name.isEmpty()) {
                return ExitCode.FINE.number();
            }
            if (!OutputDirectory.make(output, err)) {
                return ExitCode.UNPROVEN.number();
            }
            LogFile.use(output.resolve("pitrproof.log"));
            return lead(lessons, name.get(), page, given).number();
        } catch (Answers.Missing e) {
            err.println("pitrproof: error: " + e.getMessage());
            err.println("HINT: " + e.hint());
            return ExitCode.USAGE.number();
        } finally {
            err.flush();
        }
    }

    /** Standard input is the process's, and not this command's to close. */
    private static final class LeftOpen extends FilterInputStream {

        LeftOpen(InputStream in) {
            super(in);
        }

        @Override
        public void close() {
            // whoever opened it closes it
        }
    }

    private BufferedReader lines() throws IOException {
        try {
            return answers == null
                    ? new BufferedReader(new InputStreamReader(new LeftOpen(System.in), StandardCharsets.UTF_8))
                    : Files.newBufferedReader(answers);
        } catch (NoSuchFileException e) {
            throw new ParameterException(spec.commandLine(), "--answers=" + answers + ": found no such file");
        }
    }

    /** Empty if nobody wants one. */
    private Optional<String> name(Lessons lessons, Page page, Answers given, boolean typed)
            throws IOException, Answers.Missing {
        String asked = lesson;
        if (asked != null) {
            return lessons.called(asked);
        }
        List<String> done = done();
        page.lessons(lessons, done);
        Optional<String> next = lessons.firstUndone(done);
        return typed && next.isPresent() && given.agrees(page, "Begin with " + next.get() + "? [Y/n]")
                ? next
                : Optional.empty();
    }

    private static int unknown(Lessons lessons, String asked, PrintWriter err) {
        err.println("pitrproof: error: there is no lesson \"" + asked + "\", expected "
                + String.join(", ", lessons.names()) + ", or a number from 1 to "
                + lessons.names().size());
        String guess = Wording.didYouMean(asked, lessons.names());
        err.println("HINT: " + (guess == null ? "./pitrproof lab lists them" : guess));
        err.flush();
        return ExitCode.USAGE.number();
    }

    private ExitCode lead(Lessons lessons, String name, Page page, Answers given) throws IOException, Answers.Missing {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (ProgressLine progress = ProgressLine.start(err)) {
            TextPrinter printer = new TextPrinter(out, err, progress, false);
            Stage stage = new Stage(
                    sandbox.opener(printer),
                    scenario -> sandbox.majors().isEmpty()
                            ? sandbox.newest(scenario)
                            : sandbox.majors().get(0),
                    printer,
                    ScenarioFiles.shipped().files().stream()
                            .collect(Collectors.toMap(
                                    file -> String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", ""),
                                    Function.identity())),
                    output,
                    seed,
                    (arguments, said) -> Main.commandLine(said, said).execute(arguments.toArray(String[]::new)),
                    progress::rest);
            LabSession.Outcome outcome = new LabSession(lessons, name, page, given, stage).run();
            if (outcome == LabSession.Outcome.FINISHED) {
                Files.writeString(
                        output.resolve(DONE), name + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
            return switch (outcome) {
                case FINISHED -> ExitCode.FINE;
                case NOT_FOUND -> ExitCode.REFUTED;
                case COULD_NOT -> ExitCode.UNPROVEN;
            };
        }
    }

    private List<String> done() throws IOException {
        Path file = output.resolve(DONE);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
