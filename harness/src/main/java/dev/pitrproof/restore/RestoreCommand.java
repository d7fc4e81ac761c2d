package dev.pitrproof.restore;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code restore_command} as PostgreSQL has it, for this machine's shell.
 *
 * @param template {@code %f} is the wanted file's name, {@code %p} the path to write it to (here an absolute one),
 *     {@code %r} the first file that is still needed (here the wanted one), {@code %%} a percent sign
 */
public record RestoreCommand(String template) {

    /** From here on an exit code means that the command itself failed; see {@code RestoreArchivedFile} of xlogarchive.c. */
    private static final int FAILED = 126;

    private static final Pattern PLACEHOLDER = Pattern.compile("%([fpr%])");

    public RestoreCommand {
        if (!template.contains("%f") || !template.contains("%p")) {
            throw new IllegalArgumentException("restore command is \"" + template + "\", expected one with %f and %p");
        }
    }

    /**
     * Asks for a file.
     *
     * @param directory where it goes, under its own name
     * @return false if the command ended with 1 to 125: it has no such file
     * @throws IOException with a user's message if the command failed otherwise, or said it has the file and wrote none
     */
    boolean fetch(String fileName, Path directory) throws IOException {
        Path coming = directory.resolve(".coming");
        Files.deleteIfExists(coming);
        Process process = new ProcessBuilder("sh", "-c", filled(fileName, coming))
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        Thread hook = new Thread(() -> end(process), "restore-command");
        String said;
        int exitCode;
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            said = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
            exitCode = process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the restore command ran", e);
        } finally {
            end(process);
            forget(hook);
        }
        if (exitCode >= FAILED) {
            throw new IOException("the restore command failed for " + fileName + " with exit code " + exitCode + ": "
                    + lastLine(said));
        }
        if (exitCode > 0) {
            Files.deleteIfExists(coming);
            return false;
        }
        if (!Files.isRegularFile(coming)) {
            throw new IOException("the restore command said it has " + fileName + ", but wrote no file to %p");
        }
        Files.move(coming, directory.resolve(fileName), StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    /** Ends a command that may hang, and what it has started, which would go on without it. */
    private static void end(Process process) {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    private static void forget(Thread hook) throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw new IOException("interrupted while the restore command ran", e);
        }
    }

    private String filled(String fileName, Path to) {
        return PLACEHOLDER
                .matcher(template)
                .replaceAll(found -> Matcher.quoteReplacement(
                        switch (found.group(1)) {
                            case "f", "r" -> fileName;
                            case "p" -> to.toAbsolutePath().toString();
                            default -> "%";
                        }));
    }

    private static String lastLine(String said) {
        return said.strip().lines().reduce((first, second) -> second).orElse("it said nothing");
    }
}
