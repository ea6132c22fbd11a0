package io.millstream.wire;

/**
 * What every request begins with (header versions 1 and 2).
 *
 * @param apiKey the raw number: it may be one that is not spoken here
 * @param version the raw version: it may be outside the window
 * @param correlationId repeated in the response
 * @param clientId the client's name for itself; may be null
 */
public record RequestHeader(short apiKey, short version, int correlationId, String clientId) {

    /**
     * Reads as much of a header as can be read without knowing the API: an unknown one ends after the correlation id.
     *
     * @param in a reader of the whole frame; version and flexibility do not matter
     */
    public static RequestHeader read(Reader in) {
        short apiKey = in.int16();
        short version = in.int16();
        int correlationId = in.int32();
        boolean known = ApiKey.of(apiKey).filter(key -> key.speaks(version)).isPresent();
        return new RequestHeader(apiKey, version, correlationId, known ? in.plainNullableString() : null);
    }

    /** Goes on from the header to the body, past the header's tagged fields. Only for a version that is spoken. */
    public Reader body(Reader in, ApiKey key) {
        Reader body = in.asRequest(version, key.flexible(version));
        body.tags();
        return body;
    }

    /** Writes this header and returns the writer of the body. */
    public Writer write(Writer out, ApiKey key) {
        out.int16(apiKey);
        out.int16(version);
        out.int32(correlationId);
        out.plainNullableString(clientId);
        Writer body = out.as(version, key.flexible(version));
        body.tags();
        return body;
    }
}
