package dev.pitrproof.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine behind a port that speaks TLS, and one that does not. */
final class EngineTlsTest {

    private final Path scratch;

    EngineTlsTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    /** One certificate is all of them: the authority's, the engine's and ours. */
    @BeforeEach
    void makeCertificates() throws IOException {
        openssl(
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=engine",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                "key.pem",
                "-out",
                "cert.pem");
        Files.copy(scratch.resolve("cert.pem"), scratch.resolve("ca.pem"));
        openssl(
                "pkcs12",
                "-export",
                "-in",
                "cert.pem",
                "-inkey",
                "key.pem",
                "-passout",
                "pass:secret",
                "-out",
                "engine.p12");
    }

    private void openssl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(scratch.toFile())
                .redirectErrorStream(true)
                .start();
        Subprocess.Result result = Subprocess.finish(process);
        assertThat(result.succeeded()).as(result.output()).isTrue();
    }

    @Test
    void anEngineIsReachedWithItsCertificates() throws Exception {
        try (ServerSocket engine = secured()) {
            CompletableFuture<Void> served = serve(engine);

            assertThat(find("127.0.0.1", engine).name()).isEqualTo("Docker 20.10.24");
            served.join();
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        try (ServerSocket engine = secured()) {
            CompletableFuture<Void> served = serve(engine);

            assertThatExceptionOfType(SandboxException.class)
                    .isThrownBy(() -> find("localhost", engine))
                    .withMessage("the container engine that DOCKER_HOST names does not answer:"
                            + " its certificate is for another name");
            assertThat(served).failsWithin(Duration.ofSeconds(30));
        }
    }

    @Test
    void aPortWithoutTlsIsToldApart() throws Exception {
        try (ServerSocket engine = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
                try (Socket client = engine.accept()) {
                    client.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

            assertThatExceptionOfType(SandboxException.class)
                    .isThrownBy(() -> find("127.0.0.1", engine))
                    .withMessage("the container engine that DOCKER_HOST names does not answer: it does not speak TLS")
                    .satisfies(failure -> assertThat(failure.hint()).startsWith("unset DOCKER_TLS_VERIFY"));
            served.join();
        }
    }

    private ContainerEngine find(String host, ServerSocket engine) throws SandboxException {
        return ContainerEngine.find(Map.of(
                "DOCKER_HOST",
                "tcp://" + host + ":" + engine.getLocalPort(),
                "DOCKER_TLS_VERIFY",
                "1",
                "DOCKER_CERT_PATH",
                scratch.toString()));
    }

    private ServerSocket secured() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream file = Files.newInputStream(scratch.resolve("engine.p12"))) {
            store.load(file, "secret".toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "secret".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    /** Says once what Docker says of itself. */
    private static CompletableFuture<Void> serve(ServerSocket engine) {
        return CompletableFuture.runAsync(() -> {
            try (Socket client = engine.accept()) {
                BufferedReader question =
                        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
                assertThat(question.readLine()).startsWith("GET /version ");
                client.getOutputStream()
                        .write(("HTTP/1.0 200 OK\r\n\r\n"
                                        + "{\"Version\":\"20.10.24\",\"Components\":[{\"Name\":\"Engine\"}]}")
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
