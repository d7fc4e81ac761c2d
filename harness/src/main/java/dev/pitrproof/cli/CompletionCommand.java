package dev.pitrproof.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pitrproof generate-completion}: what makes a shell complete our commands and flags. */
@Command(
        name = "generate-completion",
        description = {
            "Print a script that makes bash and zsh complete commands and flags.",
            "For this shell: source <(./pitrproof generate-completion)"
        },
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class CompletionCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

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
        // this command may be alone in its command line; the script is about all of them
        CommandLine all = Main.commandLine(out, spec.commandLine().getErr());
        out.print(AutoComplete.bash("pitrproof", all));
        out.flush();
        return ExitCode.FINE.number();
    }
}
