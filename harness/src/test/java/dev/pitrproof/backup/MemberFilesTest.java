package dev.pitrproof.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemberFilesTest {

    private static final int ROUNDS = 2000;

    private final Path root;

    MemberFilesTest(@TempDir Path root) {
        this.root = root;
    }

    private static TarHeader directory(String name) {
        return new TarHeader(name, TarHeader.Type.DIRECTORY, 0, 0700, "");
    }

    @Test
    void aDirectoryThatTheWalReceiverMakesInTheSameMomentIsNoMemberThatComesTwice() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        ExecutorService receiver = Executors.newSingleThreadExecutor();
        try (FileSync sync = FileSync.start(false);
                MemberFiles members = new MemberFiles(root, sync, oid -> null, false)) {
            Future<?> made = receiver.submit(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    together.await();
                    Files.createDirectories(root.resolve("status-" + round));
                }
                return null;
            });
            for (int round = 0; round < ROUNDS; round++) {
                together.await();
                members.begin(directory("status-" + round));
            }
            made.get();
        } finally {
            receiver.shutdownNow();
        }
        assertThat(root.resolve("status-" + (ROUNDS - 1))).isDirectory();
    }

    @Test
    void aDirectoryInPlaceOfAFileComesTwice() throws IOException {
        Files.createFile(root.resolve("PG_VERSION"));
        try (FileSync sync = FileSync.start(false);
                MemberFiles members = new MemberFiles(root, sync, oid -> null, false)) {
            assertThatThrownBy(() -> members.begin(directory("PG_VERSION")))
                    .isInstanceOf(TarFormatException.class)
                    .hasMessage("tar member \"PG_VERSION\" comes twice");
        }
    }
}
