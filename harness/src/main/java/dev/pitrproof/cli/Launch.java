package dev.pitrproof.cli;

import dev.pitrproof.sandbox.SandboxException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * The process: where it starts, what it prints to, how it ends. Apart from {@link Main}, so that picocli is loaded only
 * for a command line that needs it.
 */
public final class Launch {

    private static volatile boolean finished;
    private static volatile boolean interrupted;

    private Launch() {}

    public static void main(String[] arguments) {
        LogFile.configure();
        Runtime.getRuntime().addShutdownHook(new Interruption(whenInterrupted(arguments)));
        int exitCode = execute(arguments);
        finished = !interrupted;
        System.exit(exitCode);
    }

    private static String whenInterrupted(String... arguments) {
        return arguments.length > 0 && arguments[0].equals(ReceivewalCommand.NAME)
                ? "what was received stays, and the next run goes on there"
                : "what it had made is being removed";
    }

    private static final class Interruption extends Thread {

        private final String consequence;

        Interruption(String consequence) {
            this.consequence = consequence;
        }

        @Override
        public void run() {
            if (!finished) {
                interrupted = true;
                // behind what the terminal shows of Ctrl-C, and the progress line
                System.err.println((Terminal.errIsTerminal() ? "\n" : "") + "pitrproof: interrupted; " + consequence);
            }
        }
    }

    /** Errors of the Java platform, too, end in one line and the log. */
    private static int execute(String... arguments) {
        PrintWriter err = new PrintWriter(new UntilInterrupted(System.err), true, StandardCharsets.UTF_8);
        try {
            PrintWriter out = new ByteWriter(new UntilInterrupted(System.out));
            return isPlainListing(arguments)
                    ? TransactionListing.ofAll(Path.of(arguments[1]), out, err)
                    : Main.commandLine(arguments, out, err).execute(arguments);
        } catch (Error | RuntimeException e) {
            return report(e, "pitrproof", err);
        }
    }

    /** {@code transactions DIRECTORY} and nothing else; {@code @FILE} would be a file of arguments. */
    private static boolean isPlainListing(String... arguments) {
        return arguments.length == 2
                && arguments[0].equals("transactions")
                && !arguments[1].isEmpty()
                && "-@".indexOf(arguments[1].charAt(0)) < 0
                && !arguments[1].regionMatches(true, 0, "s3:", 0, 3);
    }

    /** A drill whose servers are taken from under it has nothing to tell any more. */
    private static final class UntilInterrupted extends FilterOutputStream {

        UntilInterrupted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int oneByte) throws IOException {
            if (!interrupted) {
                out.write(oneByte);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!interrupted) {
                out.write(bytes, offset, length);
            }
        }
    }

    /** Tells of a failure that nobody foresaw; the exit code for one. */
    static int report(Throwable e, String command, PrintWriter err) {
        if (!interrupted) {
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
