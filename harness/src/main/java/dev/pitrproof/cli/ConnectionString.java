package dev.pitrproof.cli;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * libpq's connection strings: {@code key = 'value' …} and {@code postgresql://user@host:port/dbname?key=value}; see
 * "Connection Strings" in the manual.
 */
final class ConnectionString {

    private ConnectionString() {}

    /** Whether the value of -d is a connection string and not just the name of a database. */
    static boolean isConnectionString(String text) {
        return isUri(text) || text.contains("=");
    }

    private static boolean isUri(String text) {
        return text.startsWith("postgresql://") || text.startsWith("postgres://");
    }

    /**
     * Takes a connection string apart. No message repeats the text: it may hold a password.
     *
     * @return libpq's keywords and their values, in their order
     * @throws IllegalArgumentException with a user's message
     */
    static Map<String, String> parse(String text) {
        return isUri(text) ? parseUri(text) : parseKeywords(text);
    }

    private static Map<String, String> parseKeywords(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        int at = skipSpace(text, 0);
        while (at < text.length()) {
            int equals = text.indexOf('=', at);
            String key = equals < 0
                    ? text.substring(at).strip()
                    : text.substring(at, equals).strip();
            if (equals < 0 || key.isEmpty() || key.contains(" ")) {
                throw new IllegalArgumentException(
                        "missing \"=\" after a keyword in the connection string: expected key=value");
            }
            StringBuilder value = new StringBuilder();
            at = readValue(text, skipSpace(text, equals + 1), value);
            values.put(key, value.toString());
            at = skipSpace(text, at);
        }
        return values;
    }

    private static int readValue(String text, int from, StringBuilder value) {
        boolean quoted = from < text.length() && text.charAt(from) == '\'';
        int at = quoted ? from + 1 : from;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (quoted ? c == '\'' : Character.isWhitespace(c)) {
                return at + 1;
            }
            if (c == '\\' && at + 1 < text.length()) {
                at++;
                c = text.charAt(at);
            }
            value.append(c);
            at++;
        }
        if (quoted) {
            throw new IllegalArgumentException("unterminated quoted value in the connection string");
        }
        return at;
    }

    private static int skipSpace(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static Map<String, String> parseUri(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        String rest = text.substring(text.indexOf("://") + 3);
        int question = rest.indexOf('?');
        String parameters = question < 0 ? "" : rest.substring(question + 1);
        rest = question < 0 ? rest : rest.substring(0, question);
        int slash = rest.indexOf('/');
        put(values, "dbname", slash < 0 ? "" : rest.substring(slash + 1));
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            String login = authority.substring(0, at);
            int colon = login.indexOf(':');
            put(values, "user", colon < 0 ? login : login.substring(0, colon));
            put(values, "password", colon < 0 ? "" : login.substring(colon + 1));
        }
        putHost(values, authority.substring(at + 1));
        if (!parameters.isEmpty()) {
            putParameters(values, parameters);
        }
        return values;
    }

    private static void putHost(Map<String, String> values, String hostAndPort) {
        int bracket = hostAndPort.indexOf(']');
        int colon = hostAndPort.indexOf(':', Math.max(bracket, 0));
        String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
        put(values, "host", bracket < 0 ? host : host.substring(1, bracket));
        put(values, "port", colon < 0 ? "" : hostAndPort.substring(colon + 1));
    }

    private static void putParameters(Map<String, String> values, String parameters) {
        for (String parameter : parameters.split("&", -1)) {
            int equals = parameter.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException("missing \"=\" in a parameter of the connection URI");
            }
            put(values, parameter.substring(0, equals), parameter.substring(equals + 1));
        }
    }

    private static void put(Map<String, String> values, String key, String encoded) {
        if (!encoded.isEmpty()) {
            // in a URI's path and query a plus sign is a plus sign
            values.put(key, URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
        }
    }
}
