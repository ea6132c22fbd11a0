package io.millstream.core;

/** Upper bounds on what a peer or a file may make this process hold. One place, so that none is forgotten. */
public final class Limits {

    /** Largest request frame a broker reads, in bytes, unless {@code socket.request.max.bytes} says otherwise. */
    public static final int FRAME_BYTES = 100 * 1024 * 1024;

    /** Largest response frame a client reads, in bytes. */
    public static final int RESPONSE_BYTES = 256 * 1024 * 1024;

    /** Array elements, tagged fields and strings that one message may hold, all levels together. */
    public static final int MESSAGE_ELEMENTS = 1_000_000;

    /** Bytes one compressed batch may expand to. */
    public static final int DECOMPRESSED_BYTES = 256 * 1024 * 1024;

    /** Headers that one record may have. */
    public static final int RECORD_HEADERS = 100_000;

    /** Tasks that may wait in front of one {@link Loop}. */
    public static final int LOOP_TASKS = 1 << 20;

    private Limits() {}
}
