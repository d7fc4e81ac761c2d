package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * What leads to a server in a container whose engine does not see this machine's directories.
 *
 * @param container as the engine knows it
 * @param kept whether somebody wants to look at the data directory in the end
 */
record RemoteLink(ContainerVolumes volumes, String container, SqlRelay relay, BooleanSupplier kept) {

    /** @param sockets the directory in which clients look for the server's socket */
    static RemoteLink open(ContainerVolumes volumes, String container, Path sockets, BooleanSupplier kept)
            throws IOException {
        SqlRelay relay = SqlRelay.listen(sockets, command -> volumes.connect(container, command));
        return new RemoteLink(volumes, container, relay, kept);
    }

    void fetch(Path path) throws IOException {
        volumes.fetch(container, path);
    }

    /** Fetches a data directory, if somebody wants to look at it. */
    void keep(Path data) throws SandboxException {
        if (kept.getAsBoolean()) {
            try {
                volumes.fetchAnew(container, data);
            } catch (SandboxException e) {
                throw e;
            } catch (IOException e) {
                throw SandboxException.environment(
                        "cannot fetch " + data + ": " + RunDirectory.reason(e), "free space there", e);
            }
        }
    }

    void close() {
        relay.close();
    }
}
