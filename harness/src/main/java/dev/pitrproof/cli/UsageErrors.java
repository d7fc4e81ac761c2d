package dev.pitrproof.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line, and what to type instead. */
final class UsageErrors implements IParameterExceptionHandler {

    /** Someone who types the bare name wants to know what there is. */
    static final class NoCommand extends ParameterException {
        private static final long serialVersionUID = 1;

        NoCommand(CommandLine command) {
            super(command, "no command given");
        }
    }

    /** What to type instead is known better than by the command's help. */
    static final class WithHint extends ParameterException {
        private static final long serialVersionUID = 1;
        private final String hint;

        /** @param hint without the word HINT */
        WithHint(CommandLine command, String message, String hint) {
            super(command, message);
            this.hint = hint;
        }
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        if (e instanceof NoCommand) {
            command.usage(err);
        } else if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            unmatched(unmatched, err);
        } else {
            err.println("pitrproof: error: " + inWords(e));
            err.println("HINT: " + (e instanceof WithHint known ? known.hint : help(command)));
        }
        err.flush();
        return ExitCode.USAGE.number();
    }

    private static void unmatched(UnmatchedArgumentException e, PrintWriter err) {
        CommandLine command = e.getCommandLine();
        String found = e.getUnmatched().get(0);
        boolean isCommand = !e.isUnknownOption() && !command.getSubcommands().isEmpty();
        if (isCommand) {
            List<String> commands = new ArrayList<>(command.getSubcommands().keySet());
            String last = commands.remove(commands.size() - 1);
            err.println("pitrproof: error: unknown command \"" + found + "\", expected " + String.join(", ", commands)
                    + " or " + last);
        } else {
            err.println("pitrproof: error: " + (e.isUnknownOption() ? "unknown option \"" : "unexpected argument \"")
                    + found + "\"");
        }
        // picocli compares an option with what follows its dashes, and so suggests unlike ones, too
        List<String> guesses = e.getSuggestions().stream()
                .map(guess -> guess.startsWith(command.getCommandSpec().qualifiedName() + " ")
                        ? guess.substring(
                                command.getCommandSpec().qualifiedName().length() + 1)
                        : guess)
                .map(guess -> guess.replaceFirst("=.*", ""))
                .distinct()
                .toList();
        err.println(
                guesses.isEmpty()
                        ? "HINT: " + help(command)
                        : "HINT: did you mean " + String.join(" or ", guesses) + "? All there is: " + help(command));
    }

    private static String help(CommandLine command) {
        return "./" + command.getCommandSpec().qualifiedName() + " --help";
    }

    /** picocli's words in our manner: lower case, on one line. */
    private static String inWords(ParameterException e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("no message");
        return line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1).replace("option option", "option");
    }

    /** Reads a whole number, and says what it wants instead of a name of a Java type. */
    static <T> ITypeConverter<T> wholeNumber(ITypeConverter<T> parser) {
        return text -> {
            try {
                return parser.convert(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("\"" + text + "\" is not a whole number");
            }
        };
    }
}
