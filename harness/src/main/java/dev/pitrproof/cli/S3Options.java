package dev.pitrproof.cli;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.ArchiveStore;
import dev.pitrproof.archive.DirectoryStore;
import dev.pitrproof.archive.WalArchive;
import dev.pitrproof.s3.S3Archiver;
import dev.pitrproof.s3.S3Scratch;
import dev.pitrproof.s3.S3Store;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How archives in buckets are reached. Credentials and region are the AWS SDK's matter: environment and profiles. */
final class S3Options {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--s3-endpoint",
            paramLabel = "URL",
            converter = Endpoint.class,
            description =
                    "where s3:// is, if not at Amazon (default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the profile)")
    private @Nullable URI endpoint;

    /** What is not there shows when it is asked for. */
    ArchiveStore store(ArchivePlace place) {
        if (place instanceof ArchivePlace.Bucket bucket) {
            return S3Store.at(bucket.location(), endpoint);
        }
        if (endpoint != null) {
            throw new ParameterException(
                    spec.commandLine(), "found --s3-endpoint with archive \"" + place + "\", expected an s3:// one");
        }
        return new DirectoryStore(((ArchivePlace.Directory) place).path());
    }

    /**
     * An archive of which much is read more than once: what is in a bucket is fetched once.
     *
     * @param fetched where to; of no use for a directory
     * @throws ArchiveException if it is not there, or holds no segments, or none with a readable header
     */
    WalArchive openNear(ArchivePlace place, WalDirectory fetched) throws IOException {
        return WalArchive.openNear(store(place), fetched::create);
    }

    /** Whoever wants to write must name a bucket. */
    S3Archiver archiver(ArchivePlace place) throws IOException {
        if (place instanceof ArchivePlace.Bucket bucket) {
            return S3Archiver.to(bucket.location(), endpoint);
        }
        throw new ParameterException(
                spec.commandLine(), "found archive \"" + place + "\", expected s3://BUCKET/PREFIX");
    }

    /** Where a receiver brings its WAL. */
    BucketDepot depot(ArchivePlace.Bucket bucket) throws IOException {
        return new BucketDepot(S3Store.at(bucket.location(), endpoint), archiver(bucket));
    }

    /** Where the archives of drills go, which is asked for once before. */
    BucketHome home(ArchivePlace place, boolean keep, PrintWriter err) throws IOException {
        if (place instanceof ArchivePlace.Bucket bucket) {
            S3Scratch.require(bucket.location(), endpoint);
            return new BucketHome(bucket.location(), endpoint, keep, err);
        }
        throw new ParameterException(spec.commandLine(), "found --archive=" + place + ", expected s3://BUCKET/PREFIX");
    }

    /** An endpoint alone is a mistake. */
    void requireNone() {
        if (endpoint != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "found --s3-endpoint without an archive, expected --archive=s3://BUCKET/PREFIX");
        }
    }

    /** Understands the option. */
    static final class Endpoint implements ITypeConverter<URI> {
        @Override
        public URI convert(String text) {
            URI uri;
            try {
                uri = URI.create(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("\"" + text + "\" is no URL: expected https://HOST[:PORT]");
            }
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if (uri.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
                throw new TypeConversionException("found \"" + text + "\", expected https://HOST[:PORT]");
            }
            return uri;
        }
    }
}
