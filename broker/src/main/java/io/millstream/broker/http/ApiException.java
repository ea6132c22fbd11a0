package io.millstream.broker.http;

import java.util.Map;
import java.util.SortedSet;

/** A request that is refused, with what its answer says. */
final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final int errorCode;
    private final transient Map<String, String> headers;

    /**
     * @param status of HTTP
     * @param errorCode the API's own, which is more precise; the status where the API has none
     */
    ApiException(int status, int errorCode, String message) {
        this(status, errorCode, message, Map.of());
    }

    private ApiException(int status, int errorCode, String message, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.errorCode = errorCode;
        this.headers = headers;
    }

    static ApiException malformed(String message) {
        return new ApiException(400, 400, message);
    }

    static ApiException noSuchRoute() {
        return new ApiException(404, 404, "HTTP 404 Not Found");
    }

    static ApiException methodNotAllowed(SortedSet<String> allowed) {
        return new ApiException(405, 405, "HTTP 405 Method Not Allowed", Map.of("allow", String.join(", ", allowed)));
    }

    static ApiException notAcceptable() {
        return new ApiException(406, 406, "HTTP 406 Not Acceptable");
    }

    static ApiException unsupportedMediaType() {
        return new ApiException(415, 415, "HTTP 415 Unsupported Media Type");
    }

    static ApiException tooLarge(long most) {
        return new ApiException(413, 413, "A request's body can have " + most + " bytes; this one has more");
    }

    /** For now: whoever asks again in a moment may be served. */
    static ApiException unavailable(String why) {
        return new ApiException(503, 50003, why, Map.of("retry-after", "1"));
    }

    int status() {
        return status;
    }

    int errorCode() {
        return errorCode;
    }

    Map<String, String> headers() {
        return headers;
    }
}
