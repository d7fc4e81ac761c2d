package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.ArchiveStore;
import dev.pitrproof.archive.DirectoryArchive;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.backup.BackupCompression;
import dev.pitrproof.compression.Compression;
import dev.pitrproof.compression.CompressionLevel;
import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.replication.ContinuousReceiver;
import dev.pitrproof.replication.ReplicationConnection;
import dev.pitrproof.replication.ReplicationException;
import dev.pitrproof.wal.Lsn;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code receivewal}: streams WAL into a directory with the flags of pg_receivewal, or through one into a bucket, until it
 * is told to stop.
 *
 * <p>Exit codes: 0 it ended as it was told; 1 the bucket has another file of a segment's name; 2 usage; 3 it could not go
 * on, or not all that was received is stored.
 */
@Command(
        name = ReceivewalCommand.NAME,
        description = "receives write-ahead log from a running PostgreSQL server, segment by segment as it is written",
        sortOptions = false,
        separator = "=",
        footer = {
            "",
            "The segment that is being written is NAME.partial, never compressed. What a signal or a lost connection"
                    + " interrupts, the next run takes up where the directory ends. Without a slot the server may remove"
                    + " WAL before it has been received.",
            "",
            "Into a bucket (-D s3://BUCKET/PREFIX), each segment goes through the spool, which it leaves when the bucket"
                    + " has it; then only it is acknowledged, so that the server may forget it. Of the segment that is"
                    + " being written what is durable in the spool is acknowledged: the server keeps a segment until all"
                    + " of it is. What there is of it is stored as NAME.partial when the connection is lost and at the"
                    + " end. With an empty spool, a run goes on where the bucket ends. A bucket that cannot be reached is"
                    + " tried again, while WAL gathers in the spool.",
            "",
            "Exit codes: 0 ended as told, 1 the bucket has another file of a segment's name, 2 usage, 3 it could not go"
                    + " on, or not all is stored."
        })
public final class ReceivewalCommand implements Callable<Integer> {

    static final String NAME = "receivewal";

    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final String DUPLICATE_OBJECT = "42710";

    @Option(
            names = {"-D", "--directory"},
            paramLabel = ArchivePlace.LABEL,
            converter = ArchivePlace.Converter.class,
            description = "receive write-ahead log files into this directory, or this place in a bucket")
    private @Nullable ArchivePlace place;

    @Option(
            names = "--spool",
            paramLabel = "DIR",
            description =
                    "where WAL waits until the bucket has it: on a disk that survives a crash, and this receiver's"
                            + " alone")
    private @Nullable Path spool;

    @Option(
            names = "--spool-files",
            paramLabel = "N",
            defaultValue = "64",
            description = "receive no more while so many files wait in the spool (default: ${DEFAULT-VALUE})")
    private int spoolFiles;

    @Mixin
    private S3Options s3 = new S3Options();

    @Option(
            names = {"-E", "--endpos"},
            paramLabel = "LSN",
            description = "exit after receiving the specified LSN")
    private @Nullable String end;

    @Option(names = "--if-not-exists", description = "do not error if slot already exists when creating a slot")
    private boolean ifNotExists;

    @Option(
            names = {"-n", "--no-loop"},
            description = "do not loop on connection lost")
    private boolean noLoop;

    @Option(names = "--no-sync", description = "do not wait for changes to be written safely to disk")
    private boolean noSync;

    @Option(
            names = {"-s", "--status-interval"},
            paramLabel = "SECS",
            defaultValue = "10",
            description = "time between status packets sent to server (default: 10)")
    private int statusSeconds;

    @Option(
            names = {"-S", "--slot"},
            paramLabel = "SLOTNAME",
            description = "replication slot to use")
    private @Nullable String slot;

    @Option(names = "--synchronous", description = "flush write-ahead log immediately after writing")
    private boolean synchronous;

    @Option(
            names = {"-v", "--verbose"},
            description = "output verbose messages")
    private boolean verbose;

    @Option(
            names = {"-Z", "--compress"},
            paramLabel = "METHOD[:DETAIL]",
            description = "compress whole segments (gzip, lz4, zstd or none; DETAIL is a level)")
    private @Nullable String compress;

    @Option(names = "--create-slot", description = "create a new replication slot (for the slot's name see --slot)")
    private boolean createSlot;

    @Option(names = "--drop-slot", description = "drop the replication slot (for the slot's name see --slot)")
    private boolean dropSlot;

    @Option(names = "--json", description = "print where it is as JSON Lines")
    private boolean json;

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(
            names = {"-?", "--help"},
            usageHelp = true,
            description = "show this help")
    private boolean help;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try {
            ConnectionSettings settings = connection.settings();
            requireSense();
            return connection.connected(
                    settings, reached -> createSlot || dropSlot ? changeSlot(reached) : receive(reached, err));
        } catch (ArchiveException e) {
            return fail(e, err);
        } catch (IllegalArgumentException e) {
            return fail(err, ExitCode.USAGE, e);
        } catch (IOException e) {
            return fail(err, ExitCode.UNPROVEN, e);
        }
    }

    private static int fail(ArchiveException e, PrintWriter err) {
        err.println("pitrproof: error: " + e.getMessage());
        err.println("HINT: " + e.hint());
        err.flush();
        return switch (e.kind()) {
            case DAMAGED -> ExitCode.REFUTED.number();
            case NO_DIRECTORY, NO_SEGMENTS -> ExitCode.USAGE.number();
            case UNREACHABLE -> ExitCode.UNPROVEN.number();
        };
    }

    private static int fail(PrintWriter err, ExitCode code, Exception e) {
        err.println("pitrproof: error: " + e.getMessage());
        err.flush();
        return code.number();
    }

    private void requireSense() {
        if (createSlot && dropSlot) {
            throw new IllegalArgumentException("--create-slot contradicts --drop-slot");
        }
        if ((createSlot || dropSlot) && slot == null) {
            throw new IllegalArgumentException(
                    (createSlot ? "--create-slot" : "--drop-slot") + " needs a slot to be specified using --slot");
        }
        if (statusSeconds < 0) {
            throw new IllegalArgumentException("status interval is " + statusSeconds + ": expected 0 or more seconds");
        }
        if (synchronous && noSync) {
            throw new IllegalArgumentException("--synchronous contradicts --no-sync");
        }
    }

    private int changeSlot(ConnectionSettings settings) throws IOException {
        String name = String.valueOf(slot);
        try (ReplicationConnection opened = ReplicationConnection.open(settings)) {
            if (dropSlot) {
                opened.dropSlot(name);
            } else {
                opened.createSlot(name, false, true);
            }
        } catch (ReplicationException e) {
            if (!(createSlot && ifNotExists && DUPLICATE_OBJECT.equals(e.sqlState()))) {
                throw e;
            }
        }
        return ExitCode.FINE.number();
    }

    private int receive(ConnectionSettings settings, PrintWriter err) throws IOException {
        ArchivePlace into = place;
        if (into == null) {
            throw new IllegalArgumentException("no target directory specified\nHINT: name it with --directory");
        }
        if (into instanceof ArchivePlace.Bucket bucket) {
            Path directory = requireDirectory(requireSpool(bucket));
            try (BucketDepot depot = s3.depot(bucket)) {
                OptionalLong system = systemIdentifier(depot.store());
                return receive(
                        settings,
                        request(
                                directory,
                                system.isPresent() ? system : systemIdentifier(directory),
                                Optional.of(new ContinuousReceiver.Onward(depot, spoolFiles, RETRY))),
                        err);
            }
        }
        if (spool != null) {
            throw new IllegalArgumentException("found --spool with directory \"" + into
                    + "\", expected s3://BUCKET/PREFIX\nHINT: what goes into a directory needs no other before it");
        }
        s3.store(into); // says so if an endpoint is named in vain
        Path directory = requireDirectory(((ArchivePlace.Directory) into).path());
        return receive(settings, request(directory, systemIdentifier(directory), Optional.empty()), err);
    }

    private Path requireSpool(ArchivePlace.Bucket bucket) {
        if (spoolFiles < 1) {
            throw new IllegalArgumentException("--spool-files is " + spoolFiles + ": expected 1 or more");
        }
        if (spool == null) {
            throw new IllegalArgumentException("no spool is named for " + bucket
                    + "\nHINT: name a directory in which WAL waits until it is stored: --spool=DIR");
        }
        return spool;
    }

    private static Path requireDirectory(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException("\"" + directory + "\" is not a directory\nHINT: make it first; it is"
                    + " to lie where the server's disks do not");
        }
        return directory;
    }

    private ContinuousReceiver.Request request(
            Path directory, OptionalLong system, Optional<ContinuousReceiver.Onward> onward) {
        return new ContinuousReceiver.Request(
                directory,
                slot,
                Optional.ofNullable(end).map(Lsn::parse),
                synchronous,
                !noSync,
                compression(),
                noLoop ? Optional.empty() : Optional.of(RETRY),
                statusSeconds == 0 ? Duration.ofDays(1) : Duration.ofSeconds(statusSeconds),
                system,
                onward);
    }

    private CompressionLevel compression() {
        if (compress == null) {
            return CompressionLevel.of(Compression.NONE);
        }
        if (compress.startsWith("server-") || compress.startsWith("client-")) {
            throw new IllegalArgumentException("compression is \"" + compress + "\": expected gzip, lz4, zstd or none");
        }
        return BackupCompression.parse(compress).level();
    }

    /** Whose WAL is there already, if any; a partial segment of zeros is left by a run that was cut off at once. */
    private static OptionalLong systemIdentifier(Path directory) throws IOException {
        try (DirectoryArchive archive = DirectoryArchive.open(directory)) {
            return OptionalLong.of(archive.systemIdentifier());
        } catch (ArchiveException e) {
            if (e.kind() == ArchiveException.Kind.NO_SEGMENTS || holdsNothingWhole(directory)) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    private static OptionalLong systemIdentifier(ArchiveStore store) throws IOException {
        try (WalArchive archive = WalArchive.open(store)) {
            return OptionalLong.of(archive.systemIdentifier());
        } catch (ArchiveException e) {
            if (e.kind() == ArchiveException.Kind.NO_SEGMENTS) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    private static boolean holdsNothingWhole(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.allMatch(file -> file.toString().endsWith(".partial"));
        }
    }

    private int receive(ConnectionSettings settings, ContinuousReceiver.Request request, PrintWriter err)
            throws IOException {
        ContinuousReceiver receiver = new ContinuousReceiver(
                settings,
                request,
                new ReceiverPrinter(spec.commandLine().getOut(), err, json, verbose, request.directory()));
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = new Thread(() -> stopInOrder(receiver, done), "receivewal-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            receiver.receive();
        } finally {
            done.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the shutdown has begun; the hook finds everything done
            }
        }
        return ExitCode.FINE.number();
    }

    private static void stopInOrder(ContinuousReceiver receiver, CountDownLatch done) {
        receiver.stop();
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
