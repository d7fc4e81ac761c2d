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
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A container engine: Docker, or podman's service.
 *
 * @param name with its version: {@code Docker 20.10.24}
 * @param address where it listens
 */
public record ContainerEngine(String name, EngineAddress address) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String OTHER_SANDBOX = "or use --sandbox=process";
    private static final String WANTS_TLS = "it expects TLS";
    private static final String NO_TLS = "it does not speak TLS";

    /**
     * The engine that {@code DOCKER_HOST} names, else the first that answers at a usual place. Takes milliseconds where
     * there is none.
     *
     * @throws SandboxException {@code ENVIRONMENT} if none answers
     */
    public static ContainerEngine find() throws SandboxException {
        return find(System.getenv());
    }

    static ContainerEngine find(Map<String, String> environment) throws SandboxException {
        Optional<EngineAddress> named = EngineAddress.named(environment);
        if (named.isPresent() && named.get().socket() == null) {
            return ask(named.get());
        }
        List<Path> places = named.map(EngineAddress::socket).map(List::of).orElseGet(() -> usualPlaces(environment));
        SandboxException complaint = null;
        for (Path place : places) {
            if (Files.exists(place)) {
                try {
                    return ask(EngineAddress.unix(place));
                } catch (SandboxException e) {
                    complaint = complaint == null ? e : complaint;
                }
            }
        }
        if (complaint != null) {
            throw complaint;
        }
        throw SandboxException.environment(
                "no container engine answers: there is no socket "
                        + named.map(EngineAddress::url).orElse(places.get(0).toString()),
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

    private static ContainerEngine ask(EngineAddress address) throws SandboxException {
        try {
            EngineAddress.Answer answer = address.get("/version", PATIENCE);
            if (!answer.isFine()) {
                throw new IOException(answer.body().contains("HTTPS server") ? WANTS_TLS : "status " + answer.status());
            }
            JsonNode version = JSON.readTree(answer.body());
            String component = version.path("Components").path(0).path("Name").asString("");
            String product = component.contains("Podman") ? "podman" : "Docker";
            if (product.equals("podman") && address.socket() == null) {
                // it puts files into the container, and not into the volumes that are mounted there
                throw SandboxException.environment(
                        "DOCKER_HOST names podman on another machine, to which files cannot be copied",
                        "name a Docker there, or unset DOCKER_HOST to use this machine's engine, " + OTHER_SANDBOX);
            }
            return new ContainerEngine(
                    product + " " + version.path("Version").asString("").replaceFirst("\\+.*", ""), address);
        } catch (SandboxException e) {
            throw e;
        } catch (IOException | JacksonException e) {
            boolean denied = address.socket() != null && !Files.isWritable(address.socket());
            String reason = denied ? "permission denied" : reason(e);
            throw SandboxException.environment(
                    "the container engine " + address.inWords() + " does not answer: " + reason,
                    denied
                            ? "be root, or a member of the socket's group (usermod -aG docker USER, then log in again), "
                                    + OTHER_SANDBOX
                            : hint(address, reason) + OTHER_SANDBOX,
                    e);
        }
    }

    private static String reason(Exception failure) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof SSLException) {
            // these would say the machine's name
            return message.contains("No name matching") || message.contains("No subject alternative")
                    ? "its certificate is for another name"
                    : message.contains("Unsupported or unrecognized SSL message") ? NO_TLS : "TLS fails: " + message;
        }
        return message.lines().findFirst().orElse("no reason given");
    }

    private static String hint(EngineAddress address, String reason) {
        if (reason.equals(WANTS_TLS)) {
            return "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH=DIRECTORY, ";
        } else if (reason.equals(NO_TLS)) {
            return "unset DOCKER_TLS_VERIFY, or name its TLS port in DOCKER_HOST (2376 is usual), ";
        }
        return address.socket() != null
                ? "start it again, "
                : "check DOCKER_HOST" + (address.certificates() == null ? "" : " and DOCKER_CERT_PATH")
                        + " with: docker version, ";
    }

    /**
     * The image for a major version, which must be on this machine: nothing is ever pulled, for that may take minutes and
     * needs a network.
     *
     * @param named the image the user named; null for the default one
     * @throws SandboxException {@code ENVIRONMENT} if it is not here
     */
    public ContainerImage image(int major, @Nullable String named) throws SandboxException {
        if (named != null) {
            return named(named);
        }
        Optional<ContainerImage> standard = standard(major);
        if (standard.isEmpty()) {
            List<String> names = standardNames(major);
            throw SandboxException.environment(
                    "there is no image of PostgreSQL " + major + " on this machine: neither "
                            + String.join(" nor ", names),
                    "scenarios/images/build " + major + ", or " + program() + " pull " + names.get(1));
        }
        return standard.get();
    }

    /** An image the user named. */
    ContainerImage named(String image) throws SandboxException {
        return inspect(image)
                .orElseThrow(() -> SandboxException.environment(
                        "the image " + image + " is not on this machine",
                        program() + " pull " + image + ", or make one with scenarios/images/build"));
    }

    /** The image of a major that is taken when none is named, if it is here. */
    Optional<ContainerImage> standard(int major) throws SandboxException {
        for (String name : standardNames(major)) {
            Optional<ContainerImage> image = inspect(name);
            if (image.isPresent()) {
                return image;
            }
        }
        return Optional.empty();
    }

    /** The majors that there is a default image of, in the order of {@code majors}. */
    public List<Integer> majorsAtHand(List<Integer> majors) throws SandboxException {
        List<Integer> found = new ArrayList<>();
        for (int major : majors) {
            if (standard(major).isPresent()) {
                found.add(major);
            }
        }
        return found;
    }

    private static List<String> standardNames(int major) {
        return List.of("localhost/pitrproof/postgres:" + major, "postgres:" + major);
    }

    private String program() {
        return isPodman() ? "podman" : "docker";
    }

    /** How the engine maps users: {@code rootless}, {@code userns}, or neither. */
    Set<String> userMapping() throws SandboxException {
        try {
            EngineAddress.Answer answer = address.get("/info", PATIENCE);
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
        if (address.socket() == null) {
            return false;
        }
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
            EngineAddress.Answer answer = address.get("/images/" + image + "/json", PATIENCE);
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
                    List.copyOf(known.path("Config").path("Volumes").propertyNames()),
                    major(known.path("Config").path("Env"))));
        } catch (IOException | JacksonException e) {
            throw SandboxException.environment(
                    name + " does not say whether it has the image " + image + ": " + e.getMessage(),
                    "start it again, " + OTHER_SANDBOX,
                    e);
        }
    }

    /** What the official images, and those that scenarios/images/build makes, say of themselves. */
    private static @Nullable Integer major(JsonNode environment) {
        for (JsonNode variable : environment) {
            String text = variable.asString("");
            if (text.matches("PG_MAJOR=\\d{1,3}")) {
                return Integer.valueOf(text.substring("PG_MAJOR=".length()));
            }
        }
        return null;
    }
}
