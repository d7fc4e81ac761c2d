package dev.pitrproof.sandbox;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.VolumeOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * One container with one program of PostgreSQL in it, kept from everything but the paths it is given: no network, a
 * read-only root, no capabilities, no way to gain rights, and not root.
 */
final class PostgresContainer extends GenericContainer<PostgresContainer> {

    private static final Map<String, String> SCRATCH = Map.of("/tmp", "rw,nosuid,nodev,mode=1777,size=268435456");

    private final String imageId;

    private PostgresContainer(DockerClient client, String imageId) {
        super(DockerImageName.parse("postgres"));
        this.imageId = imageId;
        this.dockerClient = client;
    }

    /**
     * What to run, and what it may reach.
     *
     * @param entrypoint program and first arguments
     * @param arguments the further ones
     * @param user number and group, {@code 65534:65534}
     * @param userMapping of the engine, see {@link ContainerEngine#userMapping}; null for its default
     * @param mounts path in the container to what is there, in any order
     * @param labels by which whoever cleans up finds the container
     * @param directory the run's, from which most of the mounts are
     * @param log where to write what the program says; null where it writes to a file by itself
     */
    record Plan(
            ContainerImage image,
            List<String> entrypoint,
            List<String> arguments,
            String user,
            @Nullable String userMapping,
            Map<Path, Mounted> mounts,
            Map<String, String> labels,
            Path directory,
            @Nullable Path log) {}

    /** What stands at a path of the container: a path of the engine's machine, or a volume; read-only or not. */
    record Mounted(MountType type, String source, boolean writable) {

        static Mounted directory(Path source, boolean writable) {
            return new Mounted(MountType.BIND, source.toString(), writable);
        }

        static Mounted volume(String name, boolean writable) {
            return new Mounted(MountType.VOLUME, name, writable);
        }

        Mount at(Path path) {
            Mount mount = new Mount()
                    .withType(type)
                    .withSource(source)
                    .withTarget(path.toString())
                    .withReadOnly(!writable);
            // what the image has at that path stays out of a volume
            return type == MountType.VOLUME ? mount.withVolumeOptions(new VolumeOptions().withNoCopy(true)) : mount;
        }
    }

    /**
     * A container that is not started yet.
     *
     * <p>"Reuse" is Testcontainers' way to leave a container's end to others: to us, and not to its helper container,
     * whose image would have to be pulled. No two of ours are alike, so none is ever used again.
     */
    static PostgresContainer of(DockerClient client, Plan plan) {
        return new PostgresContainer(client, plan.image().id())
                .withReuse(true)
                .withNetworkMode("none")
                .withLabels(plan.labels())
                .withStartupCheckStrategy(new StartedAtAll())
                .waitingFor(new ReadinessAskedLater())
                .withCreateContainerCmdModifier(command -> confine(command, plan));
    }

    private static void confine(CreateContainerCmd command, Plan plan) {
        Map<String, String> scratch = new LinkedHashMap<>(SCRATCH);
        plan.image().volumes().forEach(volume -> scratch.put(volume, "rw,size=4096"));
        List<Mount> mounts = new ArrayList<>();
        // parents first, so that what is mounted inside them stays visible
        plan.mounts().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(mount -> mounts.add(mount.getValue().at(mount.getKey())));
        HostConfig host = Objects.requireNonNull(command.getHostConfig())
                .withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                // without relabelling, which would change the user's files, SELinux lets no container at them
                .withSecurityOpts(List.of("no-new-privileges", "label=disable"))
                .withTmpFs(scratch)
                .withMounts(mounts);
        if (plan.log() != null) {
            // one that can be read back, whatever the engine does with others
            host.withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE));
        }
        if (plan.userMapping() != null) {
            host.withUsernsMode(plan.userMapping());
        }
        command.withHostConfig(host)
                .withUser(plan.user())
                .withEntrypoint(plan.entrypoint())
                .withCmd(plan.arguments());
    }

    /** The digest: a name could be pulled, or replaced by Testcontainers' configuration. */
    @Override
    public String getDockerImageName() {
        return imageId;
    }

    /** Sends a signal to the container's first process; does nothing when it has ended. */
    void signal(String signal) {
        String id = getContainerId();
        if (id != null) {
            try {
                dockerClient.killContainerCmd(id).withSignal(signal).exec();
            } catch (NotFoundException | ConflictException e) {
                // it has ended, or somebody has removed it
            }
        }
    }

    /** Removes the container with all that is in it, running or not. */
    @Override
    public void stop() {
        String id = getContainerId();
        if (id != null) {
            remove(dockerClient, id);
        }
    }

    /** Removes a container, unless somebody else has, or is about to. */
    static void remove(DockerClient client, String id) {
        try {
            client.removeContainerCmd(id)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException | ConflictException e) {
            // another sweep was faster
        }
    }

    /** A server may die at once; why is in its log, and Testcontainers would only say that it did. */
    private static final class StartedAtAll extends StartupCheckStrategy {

        @Override
        public boolean waitUntilStartupSuccessful(DockerClient client, String containerId) {
            return true;
        }

        @Override
        public StartupStatus checkStartupState(DockerClient client, String containerId) {
            return StartupStatus.SUCCESSFUL;
        }
    }
}
