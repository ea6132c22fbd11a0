package io.millstream.core;

/** Upper bounds on what a peer or a file may make this process hold. One place, so that none is forgotten. */
public final class Limits {

    /** Largest request frame a broker reads, in bytes, unless {@code socket.request.max.bytes} says otherwise. */
    public static final int FRAME_BYTES = 100 * 1024 * 1024;

    /** Largest response frame a client reads, in bytes. */
    public static final int RESPONSE_BYTES = 256 * 1024 * 1024;

    /** Arrays, their elements, tagged fields, strings and payloads that one response may hold, all levels together. */
    public static final int RESPONSE_ELEMENTS = 1_000_000;

    /** The same for a request: lower, because anybody may send one and a broker holds many at once. */
    public static final int REQUEST_ELEMENTS = 250_000;

    /** Bytes one compressed batch may expand to. */
    public static final int DECOMPRESSED_BYTES = 256 * 1024 * 1024;

    /** Headers that one record may have. */
    public static final int RECORD_HEADERS = 100_000;

    /** Tasks that may wait in front of one {@link Loop}. */
    public static final int LOOP_TASKS = 1 << 20;

    private Limits() {}
}
