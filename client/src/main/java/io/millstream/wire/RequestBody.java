package io.millstream.wire;

/** What a request says after its header. Immutable. */
public interface RequestBody {

    /** The API this request calls. */
    ApiKey api();

    /** Writes the fields that {@code out}'s version has. */
    void write(Writer out);

    /** Releases the payloads of a message that was made to be sent and never will be: instead of writing it, not after. */
    default void discard() {}
}
