package io.millstream.broker.log;

/**
 * What a log holds at one moment. Immutable: readers use one view throughout, whatever happens to the log meanwhile.
 */
public final class LogView {

    private final long startOffset;
    private final long endOffset;

    LogView(long startOffset, long endOffset) {
        this.startOffset = startOffset;
        this.endOffset = endOffset;
    }

    /** The first offset that can be read. */
    public long startOffset() {
        return startOffset;
    }

    /** The offset that the next record gets. */
    public long endOffset() {
        return endOffset;
    }
}
