package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.s3.S3Archiver;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code archive FILE s3://BUCKET/PREFIX}: an {@code archive_command} for archives in buckets.
 *
 * <p>Exit codes: 0 the archive has the file; 1 it has another one of that name; 2 usage; 3 it could not be stored. To the
 * server, each but 0 means to try again later.
 */
@Command(
        name = "archive",
        description = "Put a WAL file into an archive in a bucket, for good or not at all.",
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "As the server's archive_command: pitrproof archive %%p s3://BUCKET/PREFIX",
            "",
            "It ends with 0 only when the store has the file. The same content again is fine; a file of that name with"
                    + " other content is never overwritten.",
            "",
            "Exit codes: 0 archived, 1 there is another file of that name, 2 usage, 3 it could not be stored."
        })
public final class ArchiveCommand implements Callable<Integer> {

    /** What a server archives: segments, partial ones, history files and notes about backups. */
    private static final Pattern ARCHIVED =
            Pattern.compile("[0-9A-F]{24}(\\.partial|\\.[0-9A-F]{8}\\.backup)?|[0-9A-F]{8}\\.history");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "FILE", description = "a file of pg_wal, which the server calls %%p")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Parameters(
            index = "1",
            paramLabel = "ARCHIVE",
            converter = ArchivePlace.Converter.class,
            description = "s3://BUCKET/PREFIX")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ArchivePlace place;

    @Mixin
    private S3Options s3 = new S3Options();

    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli answers it
    private boolean help;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        String name = String.valueOf(file.getFileName());
        if (!ARCHIVED.matcher(name).matches()) {
            throw usage("found \"" + file + "\", expected a file with the name of a WAL segment or a history file");
        }
        if (!Files.isRegularFile(file)) {
            throw usage("found no file \"" + file + "\"");
        }
        try (S3Archiver archiver = s3.archiver(place)) {
            archiver.put(file, name);
            return ExitCode.FINE.number();
        } catch (ArchiveException e) {
            int code = ArchiveTrouble.report(e, err);
            return e.kind() == ArchiveException.Kind.NO_DIRECTORY ? ExitCode.UNPROVEN.number() : code;
        } catch (IOException e) {
            err.println("error: cannot archive \"" + file + "\": " + e.getMessage());
            err.println("HINT: the file must be readable, and the bucket there");
            return ExitCode.UNPROVEN.number();
        } finally {
            err.flush();
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
