package dev.pitrproof.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One of several parts of a list, such that all parts together are the list.
 *
 * @param number from 1
 * @param of how many parts there are
 */
record Shard(int number, int of) {

    private static final Pattern FORM = Pattern.compile("([1-9]\\d{0,3})/([1-9]\\d{0,3})");

    /** Every {@code of}-th element, which spreads neighbours over the parts. */
    <T> List<T> of(List<T> whole) {
        List<T> part = new ArrayList<>();
        for (int i = number - 1; i < whole.size(); i += of) {
            part.add(whole.get(i));
        }
        return part;
    }

    /** Reads {@code 2/5}. */
    static final class Converter implements ITypeConverter<Shard> {
        @Override
        public Shard convert(String value) {
            Matcher matcher = FORM.matcher(value);
            if (matcher.matches()) {
                int number = Integer.parseInt(matcher.group(1));
                int of = Integer.parseInt(matcher.group(2));
                if (number <= of) {
                    return new Shard(number, of);
                }
            }
            throw new TypeConversionException("\"" + value + "\" is not a part: expected I/N like 1/3");
        }
    }
}
