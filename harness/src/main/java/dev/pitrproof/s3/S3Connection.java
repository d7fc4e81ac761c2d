package dev.pitrproof.s3;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * Clients as the AWS SDK makes them from its usual environment, profiles and region chain ("Default credentials provider
 * chain" and "AWS_ENDPOINT_URL" of the AWS SDKs and Tools Reference Guide).
 *
 * <p>Any store but Amazon's is asked in path style, for few have a host name for each bucket, and without the checksum
 * headers that few know.
 */
final class S3Connection {

    /** A store that throttles gets time: about half a minute, with pauses that double. */
    private static final int ATTEMPTS = 8;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(60);

    private S3Connection() {}

    /**
     * Makes a client; connects to nothing yet.
     *
     * @param endpoint null for what environment and profile say
     * @throws SdkClientException if they do not say enough
     */
    static S3Client open(@Nullable URI endpoint) {
        S3Client plain = builder(endpoint).build();
        Optional<URI> other = plain.serviceClientConfiguration().endpointOverride();
        if (other.isEmpty() || isAmazon(other.get())) {
            return plain;
        }
        plain.close();
        return builder(endpoint)
                .forcePathStyle(true)
                .region(region().orElse(Region.US_EAST_1))
                .build();
    }

    private static S3ClientBuilder builder(@Nullable URI endpoint) {
        S3ClientBuilder builder = S3Client.builder()
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT_TIMEOUT)
                        .socketTimeout(SOCKET_TIMEOUT));
        if (SdkSystemSetting.AWS_MAX_ATTEMPTS.getStringValue().isEmpty()) {
            builder.overrideConfiguration(all -> all.retryStrategy(retries -> retries.maxAttempts(ATTEMPTS)));
        }
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        if (region().isEmpty() && (endpoint != null || isEndpointNamed())) {
            builder.region(Region.US_EAST_1); // the SDK wants one, and other stores take any
        }
        return builder;
    }

    private static boolean isEndpointNamed() {
        return System.getenv("AWS_ENDPOINT_URL_S3") != null
                || System.getenv("AWS_ENDPOINT_URL") != null
                || System.getProperty("aws.endpointUrlS3") != null
                || System.getProperty("aws.endpointUrl") != null;
    }

    /** The one that environment or profile name; the machine's own is not asked for. */
    private static Optional<Region> region() {
        try {
            return Optional.of(
                    new AwsRegionProviderChain(new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                            .getRegion());
        } catch (SdkClientException e) {
            return Optional.empty();
        }
    }

    private static boolean isAmazon(URI endpoint) {
        String host = String.valueOf(endpoint.getHost()).toLowerCase(Locale.ROOT);
        return host.endsWith(".amazonaws.com") || host.endsWith(".amazonaws.com.cn");
    }
}
