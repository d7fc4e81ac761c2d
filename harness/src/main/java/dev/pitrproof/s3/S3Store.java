package dev.pitrproof.s3;

import dev.pitrproof.archive.ArchiveException;
import dev.pitrproof.archive.ArchiveStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An archive's files as objects of a bucket: those whose keys are the location's prefix, a slash and a name without a
 * slash. Nothing is ever written.
 *
 * <p>An object is known by its ETag, which nobody looks into: it need not be a checksum. What was seen once must stay as it
 * is; to read it later, when it is another one, is an error. Only {@code .partial} objects may be replaced.
 */
public final class S3Store implements ArchiveStore {

    /** Requests take long to begin, not to be served. */
    private static final int READERS_MAX = 8;

    private static final int FOLDERS_NAMED_MAX = 5;

    /** @param etag null where the store has none */
    private record Seen(@Nullable String etag, long size) {}

    private final S3Location location;
    private final @Nullable URI endpoint;
    private final S3Trouble trouble;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private @Nullable S3Client client;

    private S3Store(S3Location location, @Nullable URI endpoint) {
        this.location = location;
        this.endpoint = endpoint;
        this.trouble = new S3Trouble(location);
    }

    /**
     * The archive at a place. Whether it is there shows when it is asked.
     *
     * @param endpoint of the store; null for what environment and profile say
     */
    public static S3Store at(S3Location location, @Nullable URI endpoint) {
        return new S3Store(location, endpoint);
    }

    @Override
    public String location() {
        return location.toString();
    }

    @Override
    public String locate(String fileName) {
        return location + "/" + fileName;
    }

    @Override
    public Optional<Path> directory() {
        return Optional.empty();
    }

    private synchronized S3Client client() {
        S3Client opened = client;
        if (opened == null) {
            opened = S3Connection.open(endpoint);
            client = opened;
        }
        return opened;
    }

    private <T> T ask(String where, Supplier<T> request) throws IOException {
        try {
            return request.get();
        } catch (SdkException e) {
            throw trouble.of(where, e);
        }
    }

    @Override
    public List<String> fileNames() throws IOException {
        List<String> names = new ArrayList<>();
        for (S3Object object : list("").objects()) {
            names.add(remember(object));
        }
        return names;
    }

    private record Listing(List<S3Object> objects, List<String> folders) {}

    /** All whose names begin so, however many requests it takes. */
    private Listing list(String beginning) throws IOException {
        ListObjectsV2Request request = ListObjectsV2Request.builder()
                .bucket(location.bucket())
                .prefix(location.key(beginning))
                .delimiter("/")
                .build();
        return ask(location(), () -> {
            List<S3Object> objects = new ArrayList<>();
            List<String> folders = new ArrayList<>();
            for (ListObjectsV2Response page : client().listObjectsV2Paginator(request)) {
                page.contents().stream()
                        .filter(object -> !name(object).isEmpty())
                        .forEach(objects::add);
                page.commonPrefixes().forEach(folder -> folders.add(folder.prefix()));
            }
            return new Listing(objects, folders);
        });
    }

    private String name(S3Object object) {
        return object.key().substring(location.folder().length());
    }

    private String remember(S3Object object) {
        String name = name(object);
        Seen now = new Seen(object.eTag(), object.size() == null ? 0 : object.size());
        if (isReplaced(name)) {
            seen.put(name, now);
        } else {
            seen.putIfAbsent(name, now);
        }
        return name;
    }

    private static boolean isReplaced(String name) {
        return name.contains(".partial");
    }

    @Override
    public Optional<String> firstOf(List<String> names) throws IOException {
        for (String name : names) {
            if (seen.containsKey(name) && !isReplaced(name)) {
                return Optional.of(name);
            }
        }
        List<String> there = new ArrayList<>();
        for (S3Object object : list(names.get(0)).objects()) {
            there.add(remember(object));
        }
        return names.stream().filter(there::contains).findFirst();
    }

    @Override
    public long size(String fileName) throws IOException {
        return seen(fileName).size();
    }

    private Seen seen(String fileName) throws IOException {
        Seen known = seen.get(fileName);
        if (known != null) {
            return known;
        }
        HeadObjectResponse head = ask(locate(fileName), () -> client().headObject(
                        request -> request.bucket(location.bucket()).key(location.key(fileName))));
        Seen now = new Seen(head.eTag(), head.contentLength() == null ? 0 : head.contentLength());
        seen.putIfAbsent(fileName, now);
        return now;
    }

    @Override
    public InputStream open(String fileName) throws IOException {
        return open(fileName, ObjectStream.BEGINNING_BYTES);
    }

    @Override
    public InputStream openWhole(String fileName) throws IOException {
        return open(fileName, Long.MAX_VALUE);
    }

    private InputStream open(String fileName, long beginning) throws IOException {
        Seen version = seen(fileName);
        String where = locate(fileName);
        return new ObjectStream(
                (from, to) -> get(fileName, version, from, to), where, version.size(), beginning, trouble);
    }

    private ResponseInputStream<GetObjectResponse> get(String fileName, Seen version, long from, long to)
            throws IOException {
        String where = locate(fileName);
        ResponseInputStream<GetObjectResponse> part =
                ask(where, () -> client().getObject(request -> request.bucket(location.bucket())
                        .key(location.key(fileName))
                        .ifMatch(version.etag())
                        .range("bytes=" + from + "-" + (to - 1))));
        if (isCutOff(part.response(), version)) {
            part.abort();
            throw new IOException("the answer broke off in its head");
        }
        boolean isOther =
                version.etag() != null && !version.etag().equals(part.response().eTag());
        if (isOther || !holds(part.response(), from, to, version.size())) {
            part.abort();
            throw S3Trouble.changed(where);
        }
        return part;
    }

    private static boolean isCutOff(GetObjectResponse head, Seen version) {
        return (head.eTag() == null && version.etag() != null)
                || (head.contentRange() == null && head.contentLength() == null);
    }

    /** Some stores ignore If-Match, others ranges that are all of the object. */
    private static boolean holds(GetObjectResponse response, long from, long to, long size) {
        String range = response.contentRange();
        return range == null
                ? from == 0 && response.contentLength() != null && response.contentLength() == size
                : range.equals("bytes " + from + "-" + (to - 1) + "/" + size);
    }

    @Override
    public int readersMax() {
        return READERS_MAX;
    }

    @Override
    public Map<String, String> versions() throws IOException {
        Map<String, String> versions = new TreeMap<>();
        for (S3Object object : list("").objects()) {
            versions.put(
                    name(object), object.size() + " bytes of " + object.lastModified() + ", ETag " + object.eTag());
        }
        return versions;
    }

    @Override
    public boolean versionTellsContent() {
        return true;
    }

    @Override
    public ArchiveException withoutSegments() throws IOException {
        List<String> folders = list("").folders();
        String some = String.join(
                ", ",
                folders.stream()
                        .limit(FOLDERS_NAMED_MAX)
                        .map(folder -> "s3://" + location.bucket() + "/" + folder)
                        .toList());
        return new ArchiveException(
                ArchiveException.Kind.NO_SEGMENTS,
                "\"" + location + "\" holds no WAL segments",
                folders.isEmpty()
                        ? ArchiveException.NAMES_OF_SEGMENTS
                        : "name one of the folders in it: " + some + (folders.size() > FOLDERS_NAMED_MAX ? ", …" : ""));
    }
}
