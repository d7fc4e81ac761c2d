package dev.pitrproof.cli;

import dev.pitrproof.sandbox.SandboxException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The program. */
@Command(
        name = "pitrproof",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Main.VersionLine.class,
        description = "Proves that a PostgreSQL backup can be restored to the moment you ask for.",
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            DoctorCommand.class,
            BasebackupCommand.class,
            ReceivewalCommand.class,
            VerifybackupCommand.class,
            TransactionsCommand.class,
            AuditCommand.class,
            FindCommand.class,
            PlanCommand.class,
            ProveCommand.class,
            ReportCommand.class,
            RecheckCommand.class,
        },
        footer = {
            "",
            "Exit codes: 0 as expected, 1 refuted or damaged, 2 usage, 3 could not be checked.",
            "Start with: ./pitrproof run scenarios/dropped-table.yaml"
        })
public final class Main implements Runnable {

    @Spec
    private CommandSpec spec;

    // picocli asks for the option's field and handles it by itself
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    private boolean help;

    @SuppressWarnings("UnusedVariable")
    @Option(names = "--version", versionHelp = true, description = "show the version")
    private boolean version;

    @Override
    public void run() {
        throw new UsageErrors.NoCommand(spec.commandLine());
    }

    /** Prints the version and the commit. */
    static final class VersionLine implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "pitrproof " + dev.pitrproof.drill.Version.NUMBER + " (" + dev.pitrproof.drill.Version.COMMIT + ")"
            };
        }
    }

    public static void main(String[] arguments) {
        LogFile.configure();
        AtomicBoolean finished = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!finished.get()) {
                INTERRUPTED.set(true);
                // behind what the terminal shows of Ctrl-C, and the progress line
                System.err.println((Terminal.errIsTerminal() ? "\n" : "") + "pitrproof: interrupted; "
                        + whenInterrupted(arguments));
            }
        }));
        int exitCode = execute(arguments);
        finished.set(!INTERRUPTED.get());
        System.exit(exitCode);
    }

    private static String whenInterrupted(String... arguments) {
        return arguments.length > 0 && arguments[0].equals(ReceivewalCommand.NAME)
                ? "what was received stays, and the next run goes on there"
                : "what it had made is being removed";
    }

    /** Errors of the Java platform, too, end in one line and the log. */
    private static int execute(String... arguments) {
        PrintWriter err = new PrintWriter(new UntilInterrupted(System.err), true, StandardCharsets.UTF_8);
        try {
            PrintWriter out = new ByteWriter(new UntilInterrupted(System.out));
            return commandLine(arguments, out, err).execute(arguments);
        } catch (Error | RuntimeException e) {
            return report(e, "pitrproof", err);
        }
    }

    private static final AtomicBoolean INTERRUPTED = new AtomicBoolean();

    /** A drill whose servers are taken from under it has nothing to tell any more. */
    private static final class UntilInterrupted extends FilterOutputStream {

        UntilInterrupted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int oneByte) throws IOException {
            if (!INTERRUPTED.get()) {
                out.write(oneByte);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!INTERRUPTED.get()) {
                out.write(bytes, offset, length);
            }
        }
    }

    /** The command line with all commands. */
    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return inOurManner(new CommandLine(new Main()), out, err);
    }

    /** With nothing but the command that is asked for, if one is: to look at all of them takes longer than many a command. */
    static CommandLine commandLine(String[] arguments, PrintWriter out, PrintWriter err) {
        Command program = Main.class.getAnnotation(Command.class);
        for (Class<?> command : program.subcommands()) {
            String name = command.getAnnotation(Command.class).name();
            if (arguments.length > 0 && name.equals(arguments[0])) {
                CommandSpec alone =
                        CommandSpec.wrapWithoutInspection(new Main()).name(program.name());
                return inOurManner(new CommandLine(alone).addSubcommand(command), out, err);
            }
        }
        return commandLine(out, err);
    }

    /** With our way to report errors. */
    private static CommandLine inOurManner(CommandLine commandLine, PrintWriter out, PrintWriter err) {
        return commandLine
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .registerConverter(int.class, UsageErrors.wholeNumber(Integer::valueOf))
                .registerConverter(Integer.class, UsageErrors.wholeNumber(Integer::valueOf))
                .registerConverter(long.class, UsageErrors.wholeNumber(Long::valueOf))
                .setParameterExceptionHandler(new UsageErrors())
                .setExecutionExceptionHandler(Main::failure);
    }

    private static int failure(Exception e, CommandLine command, ParseResult result) {
        return report(e, command.getCommandName(), command.getErr());
    }

    private static int report(Throwable e, String command, PrintWriter err) {
        if (!INTERRUPTED.get()) {
            LoggerFactory.getLogger(Main.class).error("{} failed", command, e);
            err.println("pitrproof: error: " + firstLine(e));
            String hint = e instanceof SandboxException known ? known.hint() : null;
            err.println("HINT: " + (hint == null ? "details are in " + System.getProperty(LogFile.PROPERTY) : hint));
        }
        return ExitCode.UNPROVEN.number();
    }

    private static String firstLine(Throwable e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("no message");
    }
}
