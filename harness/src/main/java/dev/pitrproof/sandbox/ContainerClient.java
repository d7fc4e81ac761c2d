package dev.pitrproof.sandbox;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.utility.TestcontainersConfiguration;

/**
 * A container engine, as one run uses it.
 *
 * <p>Every container carries two labels: {@code dev.pitrproof.run}, the run's name, and {@code dev.pitrproof.expires}, the
 * time in seconds since 1970 after which anybody may remove it. Nobody removes another run's container before.
 */
final class ContainerClient {

    static final String RUN = "dev.pitrproof.run";
    static final String EXPIRES = "dev.pitrproof.expires";

    private final DockerClient docker;
    private final String run;
    private final Duration lifetime;

    private ContainerClient(DockerClient docker, String run, Duration lifetime) {
        this.docker = docker;
        this.run = run;
        this.lifetime = lifetime;
    }

    static ContainerClient connect(ContainerEngine engine, String run, Duration lifetime) throws SandboxException {
        try {
            // see PostgresContainer; kept in memory only
            TestcontainersConfiguration.getInstance()
                    .getUserProperties()
                    .setProperty("testcontainers.reuse.enable", "true");
            return new ContainerClient(
                    DockerClientProviderStrategy.getClientForConfig(LocalEngineStrategy.use(engine)), run, lifetime);
        } catch (RuntimeException e) {
            throw failed("cannot talk to " + engine.name(), e);
        }
    }

    /** The labels of a container that is made now. */
    Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(RUN, run);
        labels.put(EXPIRES, Long.toString(Instant.now().plus(lifetime).getEpochSecond()));
        return labels;
    }

    Duration lifetime() {
        return lifetime;
    }

    ContainerRun start(PostgresContainer.Plan plan) throws SandboxException {
        try {
            return ContainerRun.start(docker, PostgresContainer.of(docker, plan));
        } catch (RuntimeException e) {
            String reason = reason(e);
            if (reason.contains(plan.directory() + "/")) {
                throw SandboxException.environment(
                        "the container engine does not see this machine's directory " + plan.directory() + ": "
                                + reason,
                        "share a directory with it under the same path, and name it by " + RunDirectory.VARIABLE
                                + ", or use --sandbox=process",
                        e);
            }
            if (reason.contains("executable file not found") || reason.contains("no such file or directory")) {
                throw SandboxException.environment(
                        "the image " + plan.image().name() + " is no image of PostgreSQL: it has not even a shell",
                        "name another one by --image",
                        e);
            }
            throw failed("cannot start a container of the image " + plan.image().name(), e);
        }
    }

    /** Removes what runs left behind that had no chance to: containers whose time is over. */
    void sweep(Instant now) throws SandboxException {
        try {
            for (Container container : labelled(EXPIRES)) {
                if (hasExpired(container.getLabels(), now)) {
                    PostgresContainer.remove(docker, container.getId());
                }
            }
        } catch (RuntimeException e) {
            throw failed("cannot look for containers that have expired", e);
        }
    }

    private static boolean hasExpired(Map<String, String> labels, Instant now) {
        try {
            return Long.parseLong(labels.getOrDefault(EXPIRES, "")) < now.getEpochSecond();
        } catch (NumberFormatException e) {
            // not one of ours, whatever its label means
            return false;
        }
    }

    /** Removes all containers of this run. */
    void removeAll() throws SandboxException {
        try {
            labelled(RUN + "=" + run).parallelStream()
                    .forEach(container -> PostgresContainer.remove(docker, container.getId()));
        } catch (RuntimeException e) {
            throw SandboxException.environment(
                    "cannot remove the containers of " + run + ": " + reason(e),
                    "start the container engine again; containers that stayed end by themselves after "
                            + lifetime.toHours() + " hours, and a later run removes them",
                    e);
        }
    }

    private List<Container> labelled(String label) {
        return docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Set.of(label))
                .exec();
    }

    private static SandboxException failed(String what, RuntimeException cause) {
        return SandboxException.environment(
                what + ": " + reason(cause), "check that the container engine works: docker info", cause);
    }

    /** The innermost message, in one line. */
    private static String reason(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return String.valueOf(innermost.getMessage()).replaceAll("\\s+", " ").strip();
    }
}
