package io.millstream.wire;

/** What a response says after its header. Immutable. */
public interface ResponseBody {

    /** Writes the fields that {@code out}'s version has. */
    void write(Writer out);

    /**
     * Releases the payloads of a message that was made to be sent and will not be: it was never written, or writing it
     * failed. Once it is written, its payloads are {@link Writer#payloads}.
     */
    default void discard() {}
}
