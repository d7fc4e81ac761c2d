package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A network of their own for servers, with nothing on it: they reach no other machine and no port of this one. Unix
 * sockets are found by their path and work as ever.
 *
 * @param prefix what to put before a command line; empty where the system does not allow it
 */
record NetworkNamespace(List<String> prefix) {

    // as root the loopback device is brought up: the statistics collector of PostgreSQL 14 talks to itself over it
    private static final List<String> AS_ROOT =
            List.of("--net", "--", "sh", "-c", "ip link set lo up >/dev/null 2>&1; exec \"$@\"", "sh");
    private static final List<String> AS_USER = List.of("--user", "--map-current-user", "--net", "--");

    /** Tried and not assumed: containers and hardened systems refuse it. */
    static NetworkNamespace find(ServerUser user) {
        Optional<Path> unshare = Subprocess.which("unshare");
        if (unshare.isEmpty()) {
            return new NetworkNamespace(List.of());
        }
        List<String> prefix = new ArrayList<>(List.of(unshare.get().toString()));
        prefix.addAll(user.isAnother() ? AS_ROOT : AS_USER);
        List<String> trial = new ArrayList<>(prefix);
        trial.addAll(user.command(List.of("sh", "-c", "exit 0")));
        try {
            return new NetworkNamespace(Subprocess.run(trial).succeeded() ? List.copyOf(prefix) : List.of());
        } catch (IOException e) {
            return new NetworkNamespace(List.of());
        }
    }

    boolean isEnforced() {
        return !prefix.isEmpty();
    }
}
