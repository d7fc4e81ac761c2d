package dev.pitrproof.cli;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One of several parts of everything there is, such that all parts together are everything, and nothing is in two.
 *
 * <p>Which part something is in depends on its id and on the number of parts alone: 31 bits of the id's SHA-256
 * (its first four bytes without the sign), modulo the number of parts. What else there is does not matter, so parts may be chosen on machines that see
 * different things, and a scenario stays where it is when another is added. A part may be empty.
 *
 * @param number from 1
 * @param of how many parts there are
 */
record Shard(int number, int of) {

    /** What GitLab sets in a job with {@code parallel}; other systems can. */
    static final String INDEX = "CI_NODE_INDEX";

    static final String TOTAL = "CI_NODE_TOTAL";

    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,3})/([1-9]\\d{0,3})");

    /**
     * The part that the environment of a pipeline asks for.
     *
     * @return empty without {@code CI_NODE_TOTAL}, or if that is 1
     * @throws TypeConversionException if the environment names no part
     */
    static Optional<Shard> of(Map<String, String> environment) {
        String total = environment.getOrDefault(TOTAL, "");
        String index = environment.getOrDefault(INDEX, "");
        if (total.isEmpty() || total.equals("1")) {
            return Optional.empty();
        }
        return Optional.of(parse(index + "/" + total)
                .orElseThrow(() -> new TypeConversionException(INDEX + " is \"" + index + "\" and " + TOTAL + " is \""
                        + total + "\", expected a part like 1 and 3; --shard says it instead")));
    }

    /** Those that are in this part, in the same order. */
    <T> List<T> of(List<T> whole, Function<T, String> id) {
        return whole.stream().filter(one -> holds(id.apply(one))).toList();
    }

    boolean holds(String id) {
        return bits(id) % of == number - 1;
    }

    private static int bits(String id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getInt() & Integer.MAX_VALUE;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Optional<Shard> parse(String value) {
        Matcher matcher = FORM.matcher(value);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Shard shard = new Shard(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        return shard.number <= shard.of ? Optional.of(shard) : Optional.empty();
    }

    @Override
    public String toString() {
        return number + "/" + of;
    }

    /** Reads {@code 2/5}. */
    static final class Converter implements ITypeConverter<Shard> {
        @Override
        public Shard convert(String value) {
            return parse(value)
                    .orElseThrow(() ->
                            new TypeConversionException("\"" + value + "\" is not a part: expected I/N like 1/3"));
        }
    }
}
