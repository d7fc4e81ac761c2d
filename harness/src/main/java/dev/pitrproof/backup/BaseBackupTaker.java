package dev.pitrproof.backup;

import dev.pitrproof.compression.Compression;
import dev.pitrproof.replication.BaseBackupEnd;
import dev.pitrproof.replication.BaseBackupOptions;
import dev.pitrproof.replication.ConnectionSettings;
import dev.pitrproof.replication.ReplicationConnection;
import dev.pitrproof.replication.ReplicationException;
import dev.pitrproof.replication.ServerMessage;
import dev.pitrproof.replication.SystemIdentity;
import dev.pitrproof.replication.WalReceiver;
import dev.pitrproof.replication.WalReceiverRequest;
import dev.pitrproof.wal.Lsn;
import dev.pitrproof.wal.TimelineId;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes base backups as pg_basebackup does, and verifies them while they stream. */
public final class BaseBackupTaker {

    /** Behind the name of a directory that holds a backup which is not whole yet. */
    private static final String PARTIAL = ".partial";

    private static final int WARNINGS_MAX = 1000;
    private static final String EMPTY_IT = "remove it, empty it, or name another one";

    private final ConnectionSettings settings;
    private final BackupRequest request;
    private final BackupProgress progress;
    private final List<BackupManifest.FileEntry> manifestFiles = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private @Nullable Path walDirectory;
    private @Nullable WalReceiver walReceiver;
    private Lsn startLsn = Lsn.INVALID;
    private TimelineId startTimeline = TimelineId.FIRST;

    private BaseBackupTaker(ConnectionSettings settings, BackupRequest request, BackupProgress progress) {
        this.settings = settings;
        this.request = request;
        this.progress = progress;
    }

    /**
     * Takes a base backup. It is complete when this returns, but look at {@link BaseBackup#isSound()}: the server may have
     * found damaged pages, or something may differ from the manifest.
     *
     * @throws UnusableDirectoryException if a directory it should go to is not empty; nothing was changed
     * @throws IOException if there is no complete backup; what was written has been removed, if the request says so
     */
    public static BaseBackup take(ConnectionSettings settings, BackupRequest request, BackupProgress progress)
            throws IOException {
        long begin = System.nanoTime();
        try (ShutdownGuard guard = ShutdownGuard.install();
                BackupDirectories directories = new BackupDirectories(request.clean())) {
            Path directory = request.directory();
            boolean aside = !request.goesToStdout() && !Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
            BackupRequest here = aside ? request.withDirectory(partial(directory)) : request;
            if (aside) {
                warnOfLeftovers(directory, progress);
            }
            if (!here.goesToStdout()) {
                if (here.format() == BackupFormat.PLAIN && !aside) {
                    TargetDirectory.requireOwn(here.directory());
                }
                directories.claim(here.directory(), EMPTY_IT);
            }
            BaseBackup taken = new BaseBackupTaker(settings, here, progress).run(guard, directories, begin);
            guard.check();
            if (aside) {
                // of a new directory, nothing is ever seen under its name but the whole backup
                Files.move(here.directory(), directory, StandardCopyOption.ATOMIC_MOVE);
            }
            directories.keep();
            if (aside && request.sync()) {
                FileSync.force(directory.toAbsolutePath().getParent());
            }
            return taken.in(directory);
        }
    }

    /** Where a backup is until it is whole: beside its place, so that it can be moved there. */
    private static Path partial(Path directory) {
        Path whole = directory.toAbsolutePath();
        return whole.resolveSibling(whole.getFileName() + "."
                + Long.toHexString(ThreadLocalRandom.current().nextLong() >>> 32) + PARTIAL);
    }

    /** What a backup leaves behind whose process was killed. */
    private static void warnOfLeftovers(Path directory, BackupProgress progress) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            return;
        }
        Pattern name = Pattern.compile(Pattern.quote(directory.getFileName() + ".") + "[0-9a-f]+" + PARTIAL);
        try (Stream<Path> siblings = Files.list(parent)) {
            siblings.filter(each ->
                            name.matcher(String.valueOf(each.getFileName())).matches())
                    .forEach(left -> progress.warning("directory \"" + left
                            + "\" holds part of a backup that was cut off, or is still being taken"));
        } catch (AccessDeniedException e) {
            // one may be allowed to make files where one may not look
        }
    }

    private BaseBackup run(ShutdownGuard guard, BackupDirectories directories, long begin) throws IOException {
        try (ReplicationConnection connection = guard.watch(ReplicationConnection.open(settings, this::notice))) {
            progress.connected(connection.serverProcess());
            SystemIdentity identity = connection.identifySystem();
            if (request.format() == BackupFormat.PLAIN) {
                // also of a directory that was there: a server starts on no other modes
                boolean forGroup = connection.show("data_directory_mode").equals("0750");
                Files.setPosixFilePermissions(
                        request.directory(), PosixFilePermissions.fromString(forGroup ? "rwxr-x---" : "rwx------"));
            }
            placeWalElsewhere(directories);
            if (request.wal() != WalMethod.STREAM) {
                return receive(connection, null, identity, directories, begin);
            }
            try (ReplicationConnection forWal = guard.watch(ReplicationConnection.open(settings))) {
                progress.connected(forWal.serverProcess());
                if (forWal.identifySystem().systemIdentifier() != identity.systemIdentifier()) {
                    throw new ReplicationException(
                            "two connections to " + settings.host() + " reached two different clusters");
                }
                return receive(connection, forWal, identity, directories, begin);
            }
        }
    }

    private void placeWalElsewhere(BackupDirectories directories) throws IOException {
        Path elsewhere = request.walDirectory();
        if (elsewhere != null) {
            directories.claim(elsewhere, EMPTY_IT);
            Files.createSymbolicLink(request.directory().resolve("pg_wal"), elsewhere.toAbsolutePath());
        }
    }

    private BaseBackup receive(
            ReplicationConnection connection,
            @Nullable ReplicationConnection forWal,
            SystemIdentity identity,
            BackupDirectories directories,
            long begin)
            throws IOException {
        String slot = forWal == null ? null : slot(forWal);
        ChecksumAlgorithm algorithm = request.wantsManifest() ? request.manifestChecksums() : ChecksumAlgorithm.NONE;
        StreamedFiles streamed = new StreamedFiles(algorithm);
        try (FileSync sync = FileSync.start(request.sync());
                BackupWriter writer = writer(directories, streamed, sync, new Accompanied(forWal, slot))) {
            walDirectory = forWal == null ? null : writer.walDirectory();
            progress.asking();
            BaseBackupEnd end = connection.baseBackup(options(), writer);
            WalReceiver receiver = walReceiver;
            if (receiver != null) {
                receiver.stopAt(end.stop());
                receiver.await();
            }
            progress.finishing();
            List<String> damage = new ArrayList<>();
            end.checksumFailure().map(ServerMessage::text).ifPresent(damage::add);
            writer.finish(sync);
            BackupManifest manifest =
                    request.wantsManifest() ? verify(writer.manifestFile(), streamed, damage) : BackupManifest.ABSENT;
            BackupLabel label = writer.label();
            damage.addAll(Contradictions.of(label, startLsn, startTimeline, identity, writer.kept(), manifest));
            writer.conclude(damage.isEmpty() ? damage : withWarnings(damage));
            if (!request.goesToStdout()) {
                sync.directory(request.directory());
            }
            return new BaseBackup(
                    request.directory(),
                    label,
                    manifest,
                    startLsn,
                    end.stop(),
                    startTimeline,
                    identity.systemIdentifier(),
                    manifest.checksum(),
                    writer.fileBytes(),
                    Duration.ofNanos(System.nanoTime() - begin),
                    warnings,
                    damage);
        } finally {
            if (walReceiver != null) {
                walReceiver.close();
            }
        }
    }

    /** They say which pages of which files were damaged. */
    private List<String> withWarnings(List<String> damage) {
        List<String> all = new ArrayList<>(damage);
        all.addAll(warnings);
        return all;
    }

    private BackupWriter writer(
            BackupDirectories directories, StreamedFiles streamed, FileSync sync, BackupWriter.Observer observer)
            throws IOException {
        if (request.goesToStdout()) {
            FileChannel stdout = new FileOutputStream(FileDescriptor.out).getChannel();
            return StdoutWriter.create(request, streamed, stdout, observer);
        }
        return switch (request.format()) {
            case PLAIN -> PlainFormatWriter.create(request, directories, streamed, sync, observer);
            case TAR -> new TarFormatWriter(request, streamed, sync, observer);
        };
    }

    private BackupManifest verify(Path manifestFile, StreamedFiles streamed, List<String> damage) throws IOException {
        BackupManifest manifest;
        try {
            manifest = ManifestReader.read(manifestFile, entry -> {
                streamed.compare(entry);
                manifestFiles.add(entry);
            });
        } catch (IOException e) {
            // the backup is there, and may well be all right, but nothing can vouch for it
            damage.add(e.getMessage());
            return BackupManifest.ABSENT;
        }
        streamed.finish().forEach(mismatch -> damage.add(mismatch.toString()));
        return manifest.withFiles(manifestFiles);
    }

    /** What happens beside the writing: progress, and the WAL on its own connection. */
    private final class Accompanied implements BackupWriter.Observer {

        private final @Nullable ReplicationConnection forWal;
        private final @Nullable String slot;

        Accompanied(@Nullable ReplicationConnection forWal, @Nullable String slot) {
            this.forWal = forWal;
            this.slot = slot;
        }

        @Override
        public void started(Lsn start, TimelineId timeline) throws IOException {
            startLsn = start;
            startTimeline = timeline;
            if (forWal != null) {
                receiveWal(forWal, slot);
            }
            progress.started(start, timeline);
        }

        @Override
        public void expects(long bytes) {
            progress.expects(bytes);
        }

        @Override
        public void received(long bytes) throws IOException {
            checkWal();
            if (bytes > request.roomBytes().orElse(Long.MAX_VALUE)) {
                throw FullDisk.writing(request.directory());
            }
            progress.received(bytes);
        }
    }

    private @Nullable String slot(ReplicationConnection forWal) throws IOException {
        String named = request.slot();
        if (named != null) {
            if (request.createSlot()) {
                forWal.createSlot(named, false, true);
            }
            return named;
        }
        if (!request.temporarySlot()) {
            return null;
        }
        String temporary =
                "pitrproof_" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        forWal.createSlot(temporary, true, true);
        return temporary;
    }

    private void receiveWal(ReplicationConnection forWal, @Nullable String slot) throws IOException {
        Path directory = walDirectory;
        if (directory == null) {
            throw new IllegalStateException("no directory for WAL");
        }
        walReceiver = WalReceiver.start(
                forWal, new WalReceiverRequest(directory, startLsn, startTimeline, slot, true, request.sync(), false));
    }

    private BaseBackupOptions options() {
        return new BaseBackupOptions(
                request.label(),
                request.fastCheckpoint(),
                request.wal() == WalMethod.FETCH,
                request.wal() == WalMethod.NONE,
                true,
                request.maxRateKilobytes(),
                request.verifyPageChecksums(),
                request.manifest(),
                request.manifestChecksums().name(),
                request.format() == BackupFormat.TAR,
                serverCompression(),
                request.compression().side() == BackupCompression.Side.SERVER
                        ? request.compression().serverDetail()
                        : null,
                request.incrementalTo());
    }

    private @Nullable String serverCompression() {
        Compression method = request.compression().ofServer();
        return method == Compression.NONE ? null : method.name().toLowerCase(Locale.ROOT);
    }

    private void notice(ServerMessage message) {
        if (message.isWarning() && warnings.size() <= WARNINGS_MAX) {
            String text = warnings.size() < WARNINGS_MAX
                    ? message.text()
                    : "the server has given " + WARNINGS_MAX + " warnings: further ones are not shown";
            warnings.add(text);
            progress.warning(text);
        }
    }

    /** Ends the backup as soon as its WAL is lost: it would be of no use. */
    private void checkWal() throws IOException {
        WalReceiver receiver = walReceiver;
        if (receiver != null && receiver.failure().isPresent()) {
            IOException lost = receiver.failure().get();
            throw new IOException("could not receive the WAL of the backup: " + lost.getMessage(), lost);
        }
    }
}
