package dev.pitrproof.s3;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A server that speaks S3, on loopback, with the signature of every request checked. Its buckets are the directories below
 * one, their objects the files in them.
 */
public final class S3Server implements AutoCloseable {

    public static final String KEY = "pitrproof-test";
    private static final String SECRET = "a secret of no worth";

    private final S3Proxy server;

    private S3Server(S3Proxy server) {
        this.server = server;
    }

    /** Starts one; from then on this JVM's clients have credentials that it takes. */
    public static S3Server over(Path directory) throws IOException {
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        Properties properties = new Properties();
        properties.setProperty("jclouds.filesystem.basedir", directory.toString());
        S3Proxy server = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
                .blobStore(BlobStores.create("filesystem-nio2", properties))
                .build();
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException("the server does not start", e);
        }
        return new S3Server(server);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    /** Stores an object as any client would, over one that may be there. */
    public void put(String bucket, String key, byte[] content) {
        try (S3Client client = S3Connection.open(endpoint())) {
            client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(content));
        }
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("the server does not stop", e);
        }
    }
}
