package io.millstream.broker.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One method of one address, and what it does.
 *
 * @param method GET, POST, PUT or DELETE
 * @param pattern the address, with names in braces where anything can stand
 * @param known the answer, if it needs no look into ZooKeeper and no work: such a request waits for nobody
 * @param work makes the answer; may block
 */
record Route(String method, String pattern, Function<Call, Optional<ApiAnswer>> known, Function<Call, ApiAnswer> work) {

    /** A route whose answer is never known beforehand. */
    static Route of(String method, String pattern, Function<Call, ApiAnswer> work) {
        return new Route(method, pattern, call -> Optional.empty(), work);
    }

    /** A route whose answer is always there. */
    static Route fixed(String method, String pattern, Function<Call, ApiAnswer> answer) {
        return new Route(method, pattern, call -> Optional.of(answer.apply(call)), answer);
    }

    boolean hasBody() {
        return method.equals("POST") || method.equals("PUT");
    }

    /** What stands in place of the names, if {@code segments} are of this address. */
    Optional<List<String>> match(List<String> segments) {
        List<String> parts = PercentEncoding.segments(pattern);
        if (parts.size() != segments.size()) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            String segment = segments.get(i);
            if (parts.get(i).startsWith("{") && !segment.isEmpty()) {
                names.add(segment);
            } else if (!parts.get(i).equals(segment)) {
                return Optional.empty();
            }
        }
        return Optional.of(names);
    }
}
