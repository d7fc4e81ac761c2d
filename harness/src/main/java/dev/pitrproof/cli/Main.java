package dev.pitrproof.cli;

import java.io.PrintWriter;
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
            ArchiveCommand.class,
            VerifybackupCommand.class,
            TransactionsCommand.class,
            AuditCommand.class,
            FindCommand.class,
            PlanCommand.class,
            ProveCommand.class,
            ReportCommand.class,
            RecheckCommand.class,
            LabCommand.class,
            CompletionCommand.class,
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
        Launch.main(arguments);
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
        return Launch.report(e, command.getCommandName(), command.getErr());
    }
}
