package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;

/** Engines and images that are missing or wrong, and what a user is told. */
final class ContainerEngineTest {

    private final Path scratch;

    ContainerEngineTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @Test
    void aMachineWithoutAnEngineIsToldSo() {
        Path socket = scratch.resolve("no.sock");

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ContainerEngine.find(Map.of("DOCKER_HOST", "unix://" + socket)))
                .withMessage("no container engine answers: there is no socket unix://" + socket)
                .satisfies(failure -> {
                    assertThat(failure.kind()).isEqualTo(SandboxException.Kind.ENVIRONMENT);
                    assertThat(failure.hint())
                            .contains("apt-get install docker.io")
                            .contains("--sandbox=process");
                });
    }

    @Test
    void aWayToAnEngineThatIsNotKnownIsRefusedWithoutItsName() {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ContainerEngine.find(Map.of("DOCKER_HOST", "ssh://builder.example")))
                .withMessage("DOCKER_HOST names an engine in a way that pitrproof does not know (ssh):"
                        + " expected unix://PATH or tcp://HOST:PORT");
    }

    @Test
    void aSocketWhereNobodyListensIsNoEngine() throws Exception {
        Path socket = scratch.resolve("dead.sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(socket))
                .close();

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ContainerEngine.find(Map.of("DOCKER_HOST", "unix://" + socket)))
                .withMessage("the container engine at " + socket + " does not answer: Connection refused");
    }

    @Test
    void anAnswerThatIsNoEnginesIsRefused() throws Exception {
        Path socket = scratch.resolve("odd.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            CompletableFuture<Void> served =
                    CompletableFuture.runAsync(() -> greet(server, "220 mail.example ESMTP\r\n"));

            assertThatExceptionOfType(SandboxException.class)
                    .isThrownBy(() -> ContainerEngine.find(Map.of("DOCKER_HOST", "unix://" + socket)))
                    .withMessage("the container engine at " + socket + " does not answer: the answer is not HTTP");
            served.join();
        }
    }

    @Test
    void anEngineElsewhereThatDoesNotAnswerIsToldWithoutItsName() throws Exception {
        int closed;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = server.getLocalPort();
        }

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ContainerEngine.find(Map.of("DOCKER_HOST", "tcp://127.0.0.1:" + closed)))
                .withMessage("the container engine that DOCKER_HOST names does not answer: Connection refused")
                .satisfies(failure -> assertThat(failure.hint())
                        .isEqualTo("check DOCKER_HOST with: docker version, or use --sandbox=process"));
    }

    @Test
    void missingCertificatesAreNamed() {
        Map<String, String> environment = Map.of(
                "DOCKER_HOST", "tcp://127.0.0.1:1",
                "DOCKER_TLS_VERIFY", "1",
                "DOCKER_CERT_PATH", scratch.toString());

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ContainerEngine.find(environment))
                .withMessage("DOCKER_TLS_VERIFY asks for TLS, but " + scratch.resolve("ca.pem") + " cannot be read")
                .satisfies(failure -> assertThat(failure.hint())
                        .startsWith("set DOCKER_CERT_PATH to a directory with ca.pem, cert.pem, key.pem"));
    }

    @Test
    void aPortThatExpectsTlsSaysSo() throws Exception {
        // what Go's HTTP server says, and so does Docker
        assertRefused(
                "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
                "the container engine that DOCKER_HOST names does not answer: it expects TLS",
                "set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH=DIRECTORY");
    }

    @Test
    void podmanElsewhereIsRefused() throws Exception {
        assertRefused(
                "HTTP/1.0 200 OK\r\n\r\n{\"Version\":\"4.3.1\",\"Components\":[{\"Name\":\"Podman Engine\"}]}",
                "DOCKER_HOST names podman on another machine, to which files cannot be copied",
                "name a Docker there");
    }

    private static void assertRefused(String answer, String message, String hint) throws IOException {
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> greet(server, answer));

            assertThatExceptionOfType(SandboxException.class)
                    .isThrownBy(() -> ContainerEngine.find(Map.of("DOCKER_HOST", "tcp://127.0.0.1:" + port)))
                    .withMessage(message)
                    .satisfies(failure -> assertThat(failure.hint()).startsWith(hint));
            served.join();
        }
    }

    private static void greet(ServerSocketChannel server, String greeting) {
        try (SocketChannel client = server.accept()) {
            client.read(ByteBuffer.allocate(1024));
            client.write(StandardCharsets.US_ASCII.encode(greeting));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anImageThatIsNotHereIsNotPulled() throws Exception {
        ContainersAtHand.require();

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ContainerSandbox.open(17, ContainerOptions.of("localhost/pitrproof/nothing:1")))
                .withMessage("the image localhost/pitrproof/nothing:1 is not on this machine")
                .satisfies(failure -> assertThat(failure.hint())
                        .contains("pull localhost/pitrproof/nothing:1")
                        .contains("scenarios/images/build"));
    }

    @Test
    void aMajorWithoutAnImageIsToldHowToMakeOne() throws Exception {
        ContainersAtHand.require();

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ContainerSandbox.open(9, ContainerOptions.of(null)))
                .withMessage("there is no image of PostgreSQL 9 on this machine:"
                        + " neither localhost/pitrproof/postgres:9 nor postgres:9")
                .satisfies(failure -> assertThat(failure.hint()).startsWith("scenarios/images/build 9"));
    }

    @Test
    void anImageOfAnotherMajorIsRefused() throws Exception {
        ContainersAtHand.require();
        int there = ContainersAtHand.major();
        String image = ContainerEngine.find().image(there, null).name();

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ContainerSandbox.open(there - 1, ContainerOptions.of(image)))
                .withMessage(
                        "the image " + image + " is no image of PostgreSQL " + (there - 1) + ": it has no such server")
                .satisfies(failure -> assertThat(failure.hint()).contains("--image"));
    }

    @Test
    void anImageWithNothingInItIsRefused() throws Exception {
        ContainersAtHand.require();
        String name = "localhost/pitrproof/empty-" + scratch.getFileName();
        DockerClient docker =
                DockerClientProviderStrategy.getClientForConfig(LocalEngineStrategy.use(ContainerEngine.find()));
        docker.buildImageCmd(new ByteArrayInputStream(anImageOfOneFile()))
                .withTags(Set.of(name + ":latest"))
                .exec(new BuildImageResultCallback())
                .awaitImageId();
        try {
            assertThatExceptionOfType(SandboxException.class)
                    .isThrownBy(() -> ContainerSandbox.open(17, ContainerOptions.of(name + ":latest")))
                    .withMessage("the image " + name + ":latest is no image of PostgreSQL: it has not even a shell");
        } finally {
            docker.removeImageCmd(name + ":latest").withForce(true).exec();
        }
    }

    private static byte[] anImageOfOneFile() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            byte[] recipe = "FROM scratch\nCOPY Dockerfile /\n".getBytes(StandardCharsets.US_ASCII);
            TarArchiveEntry entry = new TarArchiveEntry("Dockerfile");
            entry.setSize(recipe.length);
            tar.putArchiveEntry(entry);
            tar.write(recipe);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    @Test
    void aNameThatIsNoneIsRefused() throws Exception {
        ContainersAtHand.require();

        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> ContainerSandbox.open(17, ContainerOptions.of("postgres:17 --privileged")))
                .withMessage("\"postgres:17 --privileged\" is not the name of an image");
    }
}
