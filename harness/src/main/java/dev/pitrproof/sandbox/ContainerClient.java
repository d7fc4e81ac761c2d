package dev.pitrproof.sandbox;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectVolumeResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.utility.TestcontainersConfiguration;

/**
 * A container engine, as one run uses it.
 *
 * <p>Every container, and every volume, carries two labels: {@code dev.pitrproof.run}, the run's name, and {@code dev.pitrproof.expires}, the
 * time in seconds since 1970 after which anybody may remove it. Nobody removes another run's before.
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
        } catch (IOException e) {
            throw failed("cannot talk to " + engine.name(), new UncheckedIOException(e));
        }
    }

    /** The labels of a container that is made now. */
    Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(RUN, run);
        labels.put(EXPIRES, Long.toString(Instant.now().plus(lifetime).getEpochSecond()));
        return labels;
    }

    /** Asks the engine for something. */
    <T> T asked(String complaint, Function<DockerClient, T> question) throws SandboxException {
        try {
            return question.apply(docker);
        } catch (RuntimeException e) {
            throw failed(complaint, e);
        }
    }

    /** Makes an empty volume. */
    String createVolume(int number) throws SandboxException {
        return asked("cannot make a volume", client -> client.createVolumeCmd()
                .withName(run + "-" + number)
                .withLabels(labels())
                .exec()
                .getName());
    }

    /**
     * Whether containers see a directory of this machine: tried with one that is not started, for engines check before
     * they make it.
     */
    boolean sees(Path directory, ContainerImage image) throws SandboxException {
        return asked("cannot make a container of the image " + image.name(), client -> {
            try {
                String id = client.createContainerCmd(image.id())
                        .withEntrypoint("sh")
                        .withLabels(labels())
                        .withHostConfig(HostConfig.newHostConfig()
                                .withNetworkMode("none")
                                .withMounts(List.of(PostgresContainer.Mounted.directory(directory, false)
                                        .at(directory))))
                        .exec()
                        .getId();
                PostgresContainer.remove(client, id);
                return true;
            } catch (DockerException e) {
                if (reason(e).contains(directory.toString())) {
                    return false;
                }
                throw e;
            }
        });
    }

    Duration lifetime() {
        return lifetime;
    }

    ContainerRun start(PostgresContainer.Plan plan) throws SandboxException {
        try {
            return ContainerRun.start(docker, PostgresContainer.of(docker, plan), plan.log());
        } catch (RuntimeException e) {
            String reason = reason(e);
            if (reason.contains(plan.directory() + "/")) {
                throw SandboxException.environment(
                        "the container engine does not see this machine's directory " + plan.directory() + ": "
                                + reason,
                        "share a directory with it under the same path, and name it by " + TemporaryFiles.VARIABLE
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

    /** Removes what runs left behind that had no chance to: containers and volumes whose time is over. */
    void sweep(Instant now) throws SandboxException {
        try {
            for (Container container : labelled(EXPIRES)) {
                if (hasExpired(container.getLabels(), now)) {
                    PostgresContainer.remove(docker, container.getId());
                }
            }
            for (InspectVolumeResponse volume : volumes(EXPIRES)) {
                if (hasExpired(volume.getLabels(), now)) {
                    removeVolume(volume.getName());
                }
            }
        } catch (RuntimeException e) {
            throw failed("cannot look for containers that have expired", e);
        }
    }

    private static boolean hasExpired(@Nullable Map<String, String> labels, Instant now) {
        if (labels == null) {
            return false;
        }
        try {
            return Long.parseLong(labels.getOrDefault(EXPIRES, "")) < now.getEpochSecond();
        } catch (NumberFormatException e) {
            // not one of ours, whatever its label means
            return false;
        }
    }

    /** Removes all containers of this run, and their volumes. */
    void removeAll() throws SandboxException {
        try {
            labelled(RUN + "=" + run).parallelStream()
                    .forEach(container -> PostgresContainer.remove(docker, container.getId()));
            volumes(RUN + "=" + run).forEach(volume -> removeVolume(volume.getName()));
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

    private List<InspectVolumeResponse> volumes(String label) {
        List<InspectVolumeResponse> found = docker.listVolumesCmd()
                .withFilter("label", Set.of(label))
                .exec()
                .getVolumes();
        // Docker says null for none
        return found == null ? List.of() : found;
    }

    private void removeVolume(String name) {
        try {
            docker.removeVolumeCmd(name).exec();
        } catch (NotFoundException | ConflictException e) {
            // another sweep was faster, or its container is just being removed: the next one finds it
        }
    }

    private static SandboxException failed(String what, RuntimeException cause) {
        return SandboxException.environment(
                what + ": " + reason(cause), "check that the container engine works: docker info", cause);
    }

    /** The innermost message, in one line, without the name of any machine. */
    private static String reason(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return String.valueOf(innermost.getMessage())
                .replaceAll("\\bhttps?://\\S+", "the engine")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
