package io.millstream.wire;

/**
 * What every response begins with (header versions 0 and 1).
 *
 * @param correlationId that of the request
 */
public record ResponseHeader(int correlationId) {

    /** Reads a header of {@code key}'s {@code version}; {@code in} is a reader of the whole frame. */
    public static ResponseHeader read(Reader in, ApiKey key, short version) {
        ResponseHeader header = new ResponseHeader(in.int32());
        in.as(version, key.flexibleResponseHeader(version)).tags();
        return header;
    }

    /** Goes on from the header to the body. */
    public static Reader body(Reader in, ApiKey key, short version) {
        return in.as(version, key.flexible(version));
    }

    /** Writes this header and returns the writer of the body. */
    public Writer write(Writer out, ApiKey key, short version) {
        out.int32(correlationId);
        out.as(version, key.flexibleResponseHeader(version)).tags();
        return out.as(version, key.flexible(version));
    }
}
