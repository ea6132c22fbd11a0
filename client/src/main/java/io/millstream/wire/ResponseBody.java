package io.millstream.wire;

/** What a response says after its header. Immutable. */
public interface ResponseBody {

    /** Writes the fields that {@code out}'s version has. */
    void write(Writer out);

    /** Releases the payloads of a message that was made to be sent and never will be: instead of writing it, not after. */
    default void discard() {}
}
