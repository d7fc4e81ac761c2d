package dev.pitrproof.cli;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Keywords of libpq that pgjdbc has nothing for. {@code pg_basebackup -R} and libpq itself write many of them down with the
 * values they have anyway, and such connection strings are handed around: what asks for nothing is accepted, and what asks
 * for more than would be done is refused and never passed over. See "Parameter Key Words" in the manual.
 */
final class UnmatchedKeywords {

    /** They change how soon something is noticed, or nothing at all. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "client_encoding",
            "gssdelegation",
            "gsslib",
            "keepalives_count",
            "keepalives_idle",
            "keepalives_interval",
            "replication",
            "sslcompression",
            "sslsni",
            "tcp_user_timeout");

    /** Values that ask for what is done anyway; the Java platform speaks no TLS before 1.2. */
    private static final Map<String, Set<String>> AS_IT_IS = Map.of(
            "load_balance_hosts", Set.of("disable"),
            "require_auth", Set.of(),
            "requirepeer", Set.of(),
            "requiressl", Set.of("0"),
            "ssl_max_protocol_version", Set.of("TLSv1.3"),
            "ssl_min_protocol_version", Set.of("TLSv1", "TLSv1.1", "TLSv1.2"),
            "sslcertmode", Set.of("allow"),
            "sslcrl", Set.of(),
            "sslcrldir", Set.of(),
            "sslkeylogfile", Set.of());

    private UnmatchedKeywords() {}

    /** @throws IllegalArgumentException with a user's message, if libpq knows no such keyword or would do something else */
    static void requireNoEffect(String keyword, String value) {
        if (WITHOUT_EFFECT.contains(keyword)) {
            return;
        }
        Set<String> asItIs = AS_IT_IS.get(keyword);
        if (asItIs == null) {
            throw new IllegalArgumentException("invalid connection option \"" + keyword + "\"");
        }
        if (asItIs.stream().noneMatch(value::equalsIgnoreCase)) {
            throw new IllegalArgumentException("connection option \"" + keyword + "\" is \"" + value
                    + "\": that is not supported\nHINT: leave it out"
                    + (asItIs.isEmpty()
                            ? ""
                            : ", or give it the value "
                                    + asItIs.stream().sorted().collect(Collectors.joining(" or ")))
                    + "; the environment and the service file can name it, too");
        }
    }
}
