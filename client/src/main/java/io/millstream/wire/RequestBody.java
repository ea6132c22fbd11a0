package io.millstream.wire;

/** What a request says after its header. Immutable. */
public interface RequestBody {

    /** The API this request calls. */
    ApiKey api();

    /** Writes the fields that {@code out}'s version has. */
    void write(Writer out);
}
