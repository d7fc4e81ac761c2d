package dev.pitrproof.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A container engine of this machine: Docker, or podman's service.
 *
 * @param name with its version: {@code Docker 20.10.24}
 * @param socket where it listens
 */
public record ContainerEngine(String name, Path socket) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String OTHER_SANDBOX = "or use --sandbox=process";

    /**
     * The engine that {@code DOCKER_HOST} names, else the first that answers at a usual place. Takes milliseconds where
     * there is none.
     *
     * @throws SandboxException {@code ENVIRONMENT} if none answers, or it is on another machine
     */
    public static ContainerEngine find() throws SandboxException {
        return find(System.getenv());
    }

    static ContainerEngine find(Map<String, String> environment) throws SandboxException {
        String named = environment.getOrDefault("DOCKER_HOST", "");
        if (!named.isBlank() && !named.startsWith("unix://")) {
            // its address stays out of the message, which goes into reports
            throw SandboxException.environment(
                    "DOCKER_HOST names an engine that is not reached by a unix socket (" + named.replaceFirst(":.*", "")
                            + "): containers need this machine's directories",
                    "unset DOCKER_HOST to use this machine's engine, " + OTHER_SANDBOX);
        }
        List<Path> places = named.isBlank() ? usualPlaces(environment) : List.of(Path.of(named.substring(7)));
        SandboxException complaint = null;
        for (Path place : places) {
            if (Files.exists(place)) {
                try {
                    return ask(place);
                } catch (SandboxException e) {
                    complaint = complaint == null ? e : complaint;
                }
            }
        }
        if (complaint != null) {
            throw complaint;
        }
        throw SandboxException.environment(
                "no container engine answers: there is no socket " + (named.isBlank() ? places.get(0) : named),
                "start one (Debian: apt-get install docker.io), " + OTHER_SANDBOX);
    }

    private static List<Path> usualPlaces(Map<String, String> environment) {
        List<Path> places = new ArrayList<>(List.of(Path.of("/var/run/docker.sock")));
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (runtime.startsWith("/")) {
            places.add(Path.of(runtime, "podman", "podman.sock"));
        }
        places.add(Path.of("/run/podman/podman.sock"));
        return places;
    }

    private static ContainerEngine ask(Path socket) throws SandboxException {
        try {
            EngineSocket.Answer answer = new EngineSocket(socket).get("/version", PATIENCE);
            if (!answer.isFine()) {
                throw new IOException("status " + answer.status());
            }
            JsonNode version = JSON.readTree(answer.body());
            String component = version.path("Components").path(0).path("Name").asString("");
            String product = component.contains("Podman") ? "podman" : "Docker";
            return new ContainerEngine(
                    product + " " + version.path("Version").asString("").replaceFirst("\\+.*", ""), socket);
        } catch (IOException | JacksonException e) {
            String reason = String.valueOf(e.getMessage());
            boolean denied = !Files.isWritable(socket);
            throw SandboxException.environment(
                    "the container engine at " + socket + " does not answer: "
                            + (denied
                                    ? "permission denied"
                                    : reason.lines().findFirst().orElse("no reason given")),
                    denied
                            ? "be root, or a member of the socket's group (usermod -aG docker USER, then log in again), "
                                    + OTHER_SANDBOX
                            : "start it again, " + OTHER_SANDBOX,
                    e);
        }
    }

    /**
     * The image for a major version, which must be on this machine: nothing is ever pulled, for that may take minutes and
     * needs a network.
     *
     * @param named the image the user named; null for the default one
     * @throws SandboxException {@code ENVIRONMENT} if it is not here
     */
    public ContainerImage image(int major, @Nullable String named) throws SandboxException {
        String built = "localhost/pitrproof/postgres:" + major;
        String official = "postgres:" + major;
        for (String name : named == null ? List.of(built, official) : List.of(named)) {
            Optional<ContainerImage> image = inspect(name);
            if (image.isPresent()) {
                return image.get();
            }
        }
        String program = isPodman() ? "podman" : "docker";
        String build = "scenarios/images/build " + major;
        if (named != null) {
            throw SandboxException.environment(
                    "the image " + named + " is not on this machine",
                    program + " pull " + named + ", or make one with " + build);
        }
        throw SandboxException.environment(
                "there is no image of PostgreSQL " + major + " on this machine: neither " + built + " nor " + official,
                build + ", or " + program + " pull " + official);
    }

    /** How the engine maps users: {@code rootless}, {@code userns}, or neither. */
    Set<String> userMapping() throws SandboxException {
        try {
            EngineSocket.Answer answer = new EngineSocket(socket).get("/info", PATIENCE);
            Set<String> found = new TreeSet<>();
            for (JsonNode option : JSON.readTree(answer.body()).path("SecurityOptions")) {
                for (String mapping : List.of("rootless", "userns")) {
                    if (option.asString("").startsWith("name=" + mapping)) {
                        found.add(mapping);
                    }
                }
            }
            return found;
        } catch (IOException | JacksonException e) {
            throw SandboxException.environment(
                    name + " does not say how it runs: " + e.getMessage(), "start it again, " + OTHER_SANDBOX, e);
        }
    }

    /**
     * Whether what this program mounts is there in containers too. An engine with mounts of its own, as one that another
     * packaging system confines or that sees this program in a container, would show an empty directory instead.
     */
    boolean sharesMounts() {
        try {
            Path daemon = Path.of(
                    "/proc", Files.readString(Path.of("/run/docker.pid")).trim());
            Path mounts = Path.of("ns", "mnt");
            return !isPodman()
                    && Files.readString(daemon.resolve("comm")).trim().equals("dockerd")
                    && Files.readSymbolicLink(daemon.resolve(mounts))
                            .equals(Files.readSymbolicLink(Path.of("/proc/self").resolve(mounts)));
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    boolean isPodman() {
        return name.startsWith("podman");
    }

    private Optional<ContainerImage> inspect(String image) throws SandboxException {
        if (!image.matches("[A-Za-z0-9][A-Za-z0-9._:/@-]*")) {
            throw SandboxException.environment(
                    "\"" + image + "\" is not the name of an image", "--image=postgres:17, for example");
        }
        try {
            EngineSocket.Answer answer = new EngineSocket(socket).get("/images/" + image + "/json", PATIENCE);
            if (answer.status() == 404) {
                return Optional.empty();
            }
            if (!answer.isFine()) {
                throw new IOException("status " + answer.status());
            }
            JsonNode known = JSON.readTree(answer.body());
            String id = known.path("Id").asString();
            return Optional.of(new ContainerImage(
                    image,
                    id.startsWith("sha256:") ? id : "sha256:" + id,
                    List.copyOf(known.path("Config").path("Volumes").propertyNames())));
        } catch (IOException | JacksonException e) {
            throw SandboxException.environment(
                    name + " does not say whether it has the image " + image + ": " + e.getMessage(),
                    "start it again, " + OTHER_SANDBOX,
                    e);
        }
    }
}
