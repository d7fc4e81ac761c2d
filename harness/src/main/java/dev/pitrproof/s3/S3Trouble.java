package dev.pitrproof.s3;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.ArchiveException.Kind;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * Says in one line why a store did not do what it was asked, and what to do about it. Neither names the endpoint, for what
 * is said may end up in evidence; what the SDK says is not passed on, for it names hosts.
 *
 * <p>Error codes: "Error responses" in the Amazon S3 API Reference.
 */
final class S3Trouble {

    private static final Pattern EXPECTED_REGION = Pattern.compile("expecting '([a-z0-9-]+)'");

    private final S3Location location;

    S3Trouble(S3Location location) {
        this.location = location;
    }

    /** @param where what was asked for, as a user would name it */
    IOException of(String where, SdkException e) {
        return e instanceof AwsServiceException answer ? answered(where, answer) : notAsked(where, e);
    }

    private IOException answered(String where, AwsServiceException e) {
        String code = Optional.ofNullable(e.awsErrorDetails())
                .map(details -> details.errorCode())
                .orElse("");
        Optional<ArchiveException> told =
                switch (code) {
                    case "NoSuchBucket" ->
                        Optional.of(new ArchiveException(
                                Kind.NO_DIRECTORY,
                                "there is no bucket \"" + location.bucket() + "\"",
                                "check its name, and which store and account AWS_PROFILE, AWS_ENDPOINT_URL and"
                                        + " --s3-endpoint lead to"));
                    case "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthFailure" ->
                        Optional.of(unreachable(
                                "the credentials for " + where + " are not valid (" + code + ")",
                                "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, and that they are of"
                                        + " this store"));
                    case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" ->
                        Optional.of(unreachable(
                                "the credentials for " + where + " have expired (" + code + ")",
                                "get new ones, as with: aws sso login"));
                    case "RequestTimeTooSkewed", "RequestExpired" ->
                        Optional.of(unreachable(
                                "the clocks of this machine and of the store differ too much (" + code + ")",
                                "set this machine's clock: timedatectl shows whether it is kept right"));
                    case "InvalidObjectState" ->
                        Optional.of(unreachable(
                                where + " is in cold storage", "bring it back with: aws s3api restore-object"));
                    case "PermanentRedirect",
                            "TemporaryRedirect",
                            "AuthorizationHeaderMalformed",
                            "IllegalLocationConstraintException" -> Optional.of(wrongRegion(e));
                    default -> Optional.empty();
                };
        return told.isPresent() ? told.get() : byStatus(where, code, e);
    }

    private IOException byStatus(String where, String code, AwsServiceException e) {
        String said = code.isEmpty() ? "HTTP status " + e.statusCode() : code;
        return switch (e.statusCode()) {
            case 301, 307 -> wrongRegion(e);
            case 401, 403 ->
                unreachable(
                        "access to " + where + " is denied (" + said + ")",
                        "the credentials must allow s3:ListBucket on the bucket and s3:GetObject on what is in it; to"
                                + " archive, s3:PutObject too");
            case 404 -> new NoSuchFileException(where);
            case 409, 412 -> changed(where);
            case 429, 500, 502, 503, 504 ->
                unreachable(
                        "the store did not serve " + where + ", however often it was asked (" + said + ")",
                        "try again later; AWS_MAX_ATTEMPTS says how often it is asked");
            default ->
                unreachable(
                        "the store refused " + where + " (" + said + ")",
                        "check that the endpoint speaks S3: AWS_ENDPOINT_URL, --s3-endpoint");
        };
    }

    private ArchiveException wrongRegion(AwsServiceException e) {
        String region = header(e, "x-amz-bucket-region")
                .or(() -> Optional.of(EXPECTED_REGION.matcher(String.valueOf(e.getMessage())))
                        .filter(Matcher::find)
                        .map(matcher -> matcher.group(1)))
                .orElse("");
        return unreachable(
                "bucket \"" + location.bucket() + "\" is in another region" + (region.isEmpty() ? "" : ", " + region),
                "set AWS_REGION to " + (region.isEmpty() ? "the bucket's region" : region));
    }

    private static Optional<String> header(AwsServiceException e, String name) {
        SdkHttpResponse response =
                e.awsErrorDetails() == null ? null : e.awsErrorDetails().sdkHttpResponse();
        return response == null ? Optional.empty() : response.firstMatchingHeader(name);
    }

    static ArchiveException changed(String where) {
        return unreachable(
                where + " was changed while it was read",
                "what is archived must stay as it is: find out what writes there, and run this again");
    }

    /** The request did not get through, or there was none. */
    private ArchiveException notAsked(String where, SdkException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("Unable to load credentials")) {
            return unreachable(
                    "found no credentials for " + location,
                    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE");
        } else if (message.contains("Unable to load region")) {
            return unreachable("found no region for " + location, "set AWS_REGION, or the profile's region");
        } else if (has(e, UnknownHostException.class)) {
            return unreachable("the store's host name is not known", ENDPOINT);
        } else if (has(e, SSLException.class)) {
            return unreachable(
                    "no secure connection to the store could be made",
                    "check whether the endpoint is http or https, and that Java trusts its certificate");
        } else if (has(e, SocketTimeoutException.class)) {
            return unreachable("the store did not answer in time", ENDPOINT);
        }
        return has(e, IOException.class)
                ? unreachable("the store cannot be reached", ENDPOINT)
                : unreachable("cannot ask for " + where + ": " + kindOf(e), ENDPOINT);
    }

    private static final String ENDPOINT =
            "check AWS_ENDPOINT_URL, --s3-endpoint and AWS_REGION, the network, and whether the store is up";

    private static String kindOf(Throwable e) {
        return e.getClass().getSimpleName().replace("Exception", "");
    }

    private static boolean has(@Nullable Throwable e, Class<? extends Throwable> kind) {
        return e != null && (kind.isInstance(e) || has(e.getCause(), kind));
    }

    private static ArchiveException unreachable(String message, String hint) {
        return new ArchiveException(Kind.UNREACHABLE, message, hint);
    }
}
