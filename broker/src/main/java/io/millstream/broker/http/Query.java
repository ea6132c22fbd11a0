package io.millstream.broker.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The parameters of a request's query. Of several with one name the first counts. */
final class Query {

    private final Map<String, String> parameters;

    private Query(Map<String, String> parameters) {
        this.parameters = parameters;
    }

    /**
     * @param raw null if there is no query
     * @throws ApiException (400) if it is not well encoded
     */
    static Query parse(String raw) {
        Map<String, String> parameters = new HashMap<>();
        if (raw != null) {
            for (String pair : raw.split("&", -1)) {
                int equals = pair.indexOf('=');
                String name = PercentEncoding.decode(equals < 0 ? pair : pair.substring(0, equals), true);
                String value = equals < 0 ? "" : PercentEncoding.decode(pair.substring(equals + 1), true);
                parameters.putIfAbsent(name, value);
            }
        }
        return new Query(parameters);
    }

    /** The value of a parameter that is there and not empty. */
    Optional<String> text(String name) {
        return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
    }

    /** Whether a parameter says "true"; anything else is no. */
    boolean flag(String name) {
        return "true".equalsIgnoreCase(parameters.get(name));
    }

    /**
     * A parameter that is a number.
     *
     * @throws ApiException (404, as of any address that cannot be) if it is something else
     */
    int number(String name, int otherwise) {
        Optional<String> text = text(name);
        try {
            return text.isEmpty() ? otherwise : Integer.parseInt(text.get());
        } catch (NumberFormatException e) {
            throw ApiException.noSuchRoute();
        }
    }
}
