package dev.pitrproof.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What the page about the command line says of each command: what its help says. */
final class CommandReference {

    private static final int WIDTH = 110;

    private CommandReference() {}

    static String text() {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        CommandLine program = Main.commandLine(nowhere, nowhere);
        program.setUsageHelpAutoWidth(false);
        program.setUsageHelpWidth(WIDTH);
        StringBuilder text = new StringBuilder("| command | what it does |\n|---|---|\n");
        program.getSubcommands().forEach((name, command) -> text.append("| [`")
                .append(name)
                .append("`](#")
                .append(name)
                .append(") | ")
                .append(firstSentence(command))
                .append(" |\n"));
        for (Map.Entry<String, CommandLine> command : program.getSubcommands().entrySet()) {
            text.append("\n### ").append(command.getKey()).append("\n\n```text\n");
            command.getValue().getUsageMessage(Ansi.OFF).lines().forEach(line -> text.append(line.stripTrailing())
                    .append('\n'));
            text.append("```\n");
        }
        return text.toString();
    }

    private static String firstSentence(CommandLine command) {
        String[] description = command.getCommandSpec().usageMessage().description();
        return String.join(" ", description).replaceFirst("(?<=\\.) .*", "").replaceFirst("\\.$", "");
    }
}
