package io.millstream.coordination;

/**
 * How far a group has come in a partition.
 *
 * @param offset to read next
 * @param metadata what belongs to it; null if it was written by a tool that knows nothing of it, or is not there
 */
public record CommittedOffset(long offset, OffsetMetadata metadata) {

    /** @throws IllegalArgumentException if the offset is negative */
    public CommittedOffset {
        if (offset < 0) {
            throw new IllegalArgumentException("Offset " + offset + " is negative");
        }
    }
}
