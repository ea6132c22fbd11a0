package io.millstream.wire;

/** What a response says after its header. Immutable. */
public interface ResponseBody {

    /** Writes the fields that {@code out}'s version has. */
    void write(Writer out);
}
