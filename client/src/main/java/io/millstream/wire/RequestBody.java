package io.millstream.wire;

/** What a request says after its header. Immutable. */
public interface RequestBody {

    /** The API this request calls. */
    ApiKey api();

    /** Writes the fields that {@code out}'s version has. */
    void write(Writer out);

    /**
     * Releases the payloads of a message that was made to be sent and will not be: it was never written, or writing it
     * failed. Once it is written, its payloads are {@link Writer#payloads}.
     */
    default void discard() {}
}
