package io.millstream.schemas;

/** Takes the versions of a long list, one after the other: {@link SchemaRegistry#list}. */
public interface SchemaListing {

    /** Whether nothing more is wanted. */
    boolean isFull();

    /** Asked once for each version, in turn: whether it is wanted, too. */
    boolean wantsNext();

    /** A version that was wanted. What this throws ends the listing. */
    void take(SubjectVersion version);
}
